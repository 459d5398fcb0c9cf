import { type Attributes, type WireKeyValue, attributesOf, integer } from "./any-value.ts";
import { idOf } from "./identity.ts";
import { msOf } from "./time.ts";

export const metricTypes = ["gauge", "sum", "histogram", "exponentialHistogram", "summary"] as const;

/** What the points of a metric are. */
export type MetricType = (typeof metricTypes)[number];

/** Buckets of an exponential histogram; the first one has the index `offset`. */
export interface ExponentialBuckets {
  readonly offset: number;
  readonly bucketCounts: readonly number[];
}

/** A measurement that went into a point, with the span that was active. */
export interface Exemplar {
  readonly value: number | bigint | undefined;
  readonly timeMs: number;
  readonly traceId: string | undefined;
  readonly spanId: string | undefined;
  readonly attributes: Attributes;
}

/** One series at one time. Which of the values it has depends on the type of its metric. */
export interface Point {
  readonly attributes: Attributes;
  /** When it began to count, in milliseconds since the epoch; 0 when it was not sent. */
  readonly startMs: number;
  readonly timeMs: number;
  /** 1 where it says that nothing was recorded. */
  readonly flags: number;
  readonly exemplars: readonly Exemplar[];

  /** Of a gauge and a sum; undefined when none was sent. */
  readonly value?: number | bigint | undefined;

  /** Of a histogram of either kind and a summary. */
  readonly count?: number;
  /** Undefined when it was not sent, as are `min` and `max`. */
  readonly sum?: number | undefined;
  /** Of a histogram of either kind. */
  readonly min?: number | undefined;
  readonly max?: number | undefined;

  /** Of a histogram: one more than there are bounds. */
  readonly bucketCounts?: readonly number[];
  readonly explicitBounds?: readonly number[];

  /** Of an exponential histogram: a bucket grows by the factor 2 ** (2 ** -scale). */
  readonly scale?: number;
  readonly zeroCount?: number;
  readonly zeroThreshold?: number;
  readonly positive?: ExponentialBuckets;
  readonly negative?: ExponentialBuckets;

  /** Of a summary. */
  readonly quantiles?: readonly { readonly quantile: number; readonly value: number }[];
}

interface WireNumber {
  readonly asDouble?: number;
  readonly asInt?: bigint;
}

interface WireBuckets {
  readonly offset?: number;
  readonly bucketCounts: readonly bigint[];
}

interface WireExemplar extends WireNumber {
  readonly timeUnixNano?: bigint;
  readonly traceId?: Uint8Array;
  readonly spanId?: Uint8Array;
  readonly filteredAttributes: readonly WireKeyValue[];
}

export interface WirePoint extends WireNumber {
  readonly attributes: readonly WireKeyValue[];
  readonly startTimeUnixNano?: bigint;
  readonly timeUnixNano?: bigint;
  readonly flags?: number;
  readonly exemplars?: readonly WireExemplar[];
  readonly count?: bigint;
  readonly sum?: number;
  readonly min?: number;
  readonly max?: number;
  readonly bucketCounts?: readonly bigint[];
  readonly explicitBounds?: readonly number[];
  readonly scale?: number;
  readonly zeroCount?: bigint;
  readonly zeroThreshold?: number;
  readonly positive?: WireBuckets;
  readonly negative?: WireBuckets;
  readonly quantileValues?: readonly { readonly quantile?: number; readonly value?: number }[];
}

/** @throws `Malformed` for an exemplar whose id cannot be one */
export function pointOf(type: MetricType, wire: WirePoint): Point {
  return {
    attributes: attributesOf(wire.attributes),
    startMs: msOf(wire.startTimeUnixNano),
    timeMs: msOf(wire.timeUnixNano),
    flags: wire.flags ?? 0,
    exemplars: (wire.exemplars ?? []).map(exemplarOf),
    ...valuesOf(type, wire),
  };
}

function valuesOf(type: MetricType, wire: WirePoint): Partial<Point> {
  switch (type) {
    case "gauge":
    case "sum":
      return { value: numberOf(wire) };
    case "histogram":
      return {
        ...distributionOf(wire),
        bucketCounts: (wire.bucketCounts ?? []).map(Number),
        explicitBounds: wire.explicitBounds ?? [],
      };
    case "exponentialHistogram":
      return {
        ...distributionOf(wire),
        scale: wire.scale ?? 0,
        zeroCount: Number(wire.zeroCount ?? 0n),
        zeroThreshold: wire.zeroThreshold ?? 0,
        positive: bucketsOf(wire.positive),
        negative: bucketsOf(wire.negative),
      };
    case "summary":
      return {
        count: Number(wire.count ?? 0n),
        sum: wire.sum ?? 0,
        quantiles: (wire.quantileValues ?? []).map(({ quantile = 0, value = 0 }) => ({ quantile, value })),
      };
  }
}

function numberOf({ asInt, asDouble }: WireNumber): number | bigint | undefined {
  return asInt === undefined ? asDouble : integer(asInt);
}

function distributionOf({ count = 0n, sum, min, max }: WirePoint): Partial<Point> {
  return { count: Number(count), sum, min, max };
}

function bucketsOf(wire: WireBuckets | undefined): ExponentialBuckets {
  return { offset: wire?.offset ?? 0, bucketCounts: (wire?.bucketCounts ?? []).map(Number) };
}

function exemplarOf(wire: WireExemplar): Exemplar {
  return {
    value: numberOf(wire),
    timeMs: msOf(wire.timeUnixNano),
    traceId: idOf(wire.traceId, "trace", "an exemplar"),
    spanId: idOf(wire.spanId, "span", "an exemplar"),
    attributes: attributesOf(wire.filteredAttributes),
  };
}
