import type { Attributes, Histogram } from "@opentelemetry/api";

/** The values of one set of attributes. */
export interface Series {
  record(value: number): void;
}

/**
 * Resolves a series of a histogram once for each collection. The SDK finds it anew for every value, by sorting the
 * attributes and writing them as JSON, once for each reader: two to three microseconds each. So what it finds is kept,
 * for as long as it goes on collecting there. Where the histogram is of another make, or a view changes the attributes,
 * every value takes the ordinary way.
 */
export function seriesOf(histogram: Histogram, attributes: Attributes): Series {
  const storages = storagesOf(histogram);
  if (!storages) return { record: (value) => histogram.record(value, attributes) };
  const places: (Place | undefined)[] = storages.map(() => undefined);
  return {
    record(value) {
      for (let index = 0; index < storages.length; index += 1) {
        const storage = storages[index] as Storage;
        const { _deltaMetricStorage: delta } = storage;
        const { _activeCollectionStorage: active } = delta;
        const place = places[index];
        if (place !== undefined && place.within === active) place.record(value);
        else {
          storage.record(value, attributes, undefined, Date.now());
          places[index] = placeOf(active, attributes);
        }
      }
    },
  };
}

/** Where the values of a series go until the next collection. */
interface Place {
  readonly within: Collection;
  record(value: number): void;
}

/** What a collection takes away; a new one is in its place afterwards. */
interface Collection {
  get(attributes: Attributes): { record(value: number): void } | undefined;
}

/** What of the SDK's storage is used (sdk-metrics 3). */
interface Storage {
  readonly hasAttributeProcessor: boolean;
  readonly _deltaMetricStorage: { readonly _activeCollectionStorage: Collection };
  record(value: number, attributes: Attributes, context: undefined, atMs: number): void;
}

/** None if the series is over the limit of its storage: its values go to the overflow series. */
function placeOf(within: Collection, attributes: Attributes): Place | undefined {
  const accumulation = within.get(attributes);
  return accumulation && { within, record: (value) => accumulation.record(value) };
}

function storagesOf(histogram: Histogram): readonly Storage[] | undefined {
  const { _writableMetricStorage: writable } = histogram as { readonly _writableMetricStorage?: Partial<Several> };
  if (!writable) return undefined;
  const { _backingStorages: storages = [writable] } = writable;
  return storages.every(isKnown) ? storages : undefined;
}

interface Several {
  readonly _backingStorages: readonly unknown[];
}

function isKnown(storage: unknown): storage is Storage {
  const { hasAttributeProcessor, record, _deltaMetricStorage: delta } = storage as Partial<Storage>;
  const { _activeCollectionStorage: active }: Partial<Storage["_deltaMetricStorage"]> = delta ?? {};
  return hasAttributeProcessor === false && typeof record === "function" && typeof active?.get === "function";
}
