import type { BatchObservableCallback, Meter, Observable, ObservableCallback } from "@opentelemetry/api";
import type { MeterProvider } from "@opentelemetry/sdk-metrics";

/** A callback that observes. */
export type Observe = (result: never) => unknown;

/** Makes what is called in the place of a callback that observes instruments by these names; more may come. */
export type Watch = (callback: Observe, names: ReadonlySet<string>) => Observe;

/** Has every observable callback that is added to a meter of the provider, or to what it makes, go by its watch. */
export function watchCallbacks(provider: MeterProvider, watch: Watch): void {
  const getMeter = provider.getMeter.bind(provider);
  const known = new WeakSet<Meter>();
  provider.getMeter = (...args) => {
    const meter = getMeter(...args);
    if (!known.has(meter)) watchMeter(meter, watch);
    known.add(meter);
    return meter;
  };
}

function watchMeter(meter: Meter, watch: Watch): void {
  const nameOf = new WeakMap<Observable, string>();
  for (const create of ["createObservableCounter", "createObservableGauge", "createObservableUpDownCounter"] as const) {
    const original = meter[create].bind(meter);
    meter[create] = (name, options) => {
      const instrument: Observable = original(name, options);
      nameOf.set(instrument, name);
      watchInstrument(instrument, name, watch);
      return instrument;
    };
  }
  const batch = createPairs(watch);
  const add = meter.addBatchObservableCallback.bind(meter);
  const remove = meter.removeBatchObservableCallback.bind(meter);
  meter.addBatchObservableCallback = (callback, observables) => {
    const names = observables.flatMap((one) => nameOf.get(one) ?? []);
    add(batch.watched(callback, names), observables);
  };
  meter.removeBatchObservableCallback = (callback, observables) => remove(batch.watched(callback), observables);
}

function watchInstrument(instrument: Observable, name: string, watch: Watch): void {
  const own = createPairs(watch);
  const add = instrument.addCallback.bind(instrument);
  const remove = instrument.removeCallback.bind(instrument);
  instrument.addCallback = (callback) => add(own.watched(callback, [name]));
  instrument.removeCallback = (callback) => remove(own.watched(callback));
}

/** Callbacks as they were given, each with the one that is called in its place: by that it is taken off again. */
interface Pairs {
  watched<Callback extends ObservableCallback | BatchObservableCallback>(
    callback: Callback,
    names?: readonly string[],
  ): Callback;
}

function createPairs(watch: Watch): Pairs {
  const pairs = new WeakMap<Observe, { readonly watched: Observe; readonly names: Set<string> }>();
  return {
    watched(callback, more = []) {
      // What is none is left for the SDK to say.
      if (typeof callback !== "function") return callback;
      let pair = pairs.get(callback);
      if (pair === undefined) {
        const names = new Set<string>();
        pair = { watched: watch(callback, names), names };
        pairs.set(callback, pair);
      }
      for (const name of more) pair.names.add(name);
      return pair.watched as typeof callback;
    },
  };
}
