import type { DataPoint, ExponentialHistogram } from "@opentelemetry/sdk-metrics";

/** Buckets by their upper bounds; the last one, which has none, is not among the bounds. */
export interface ExplicitBuckets {
  readonly boundaries: readonly number[];
  /** What of a point fell in each bucket, the last one included. */
  counts(point: ExponentialHistogram): readonly number[];
}

/** Four buckets for each doubling: a quantile is off by at most 19 %. */
const finestScale = 2;
/** Coarser than that where a range is so wide that there were more. */
const mostBuckets = 100;

/**
 * Gives exponential histograms explicit buckets, the same for all points of a metric so that they can be added up.
 *
 * Exact: a bucket of a coarser scale is made of whole ones of a finer scale. A wider range adds bounds and a much wider
 * one takes some away; those that stay mean the same as before.
 */
export function explicitBuckets(points: readonly DataPoint<ExponentialHistogram>[]): ExplicitBuckets {
  const filled = points
    .map(({ value }) => value)
    .filter(({ positive, negative }) => bucketsOf(positive) + bucketsOf(negative) > 0);
  let scale = Math.min(finestScale, ...filled.map((point) => point.scale));
  let [positive, negative] = [rangeOf(filled, "positive", scale), rangeOf(filled, "negative", scale)];
  while (sizeOf(positive) + sizeOf(negative) > mostBuckets) {
    scale -= 1;
    [positive, negative] = [rangeOf(filled, "positive", scale), rangeOf(filled, "negative", scale)];
  }
  const boundAt = (index: number): number => 2 ** (index * 2 ** -scale);
  const negativeIndexes = indexes(negative).toReversed();
  const positiveIndexes = indexes(positive);
  const bounded = positiveIndexes.filter((index) => Number.isFinite(boundAt(index + 1)));
  const lowest = positiveIndexes[0];
  const boundaries = [
    ...negativeIndexes.map((index) => -boundAt(index)),
    0,
    // Where the lowest bucket begins, so that a quantile in it is not looked for from zero on.
    ...(lowest === undefined ? [] : [boundAt(lowest), ...bounded.map((index) => boundAt(index + 1))]),
  ];
  return {
    boundaries,
    counts(point) {
      const below = merged(point, "negative", scale);
      const above = merged(point, "positive", scale);
      const beyond = positiveIndexes.filter((index) => !bounded.includes(index));
      return [
        ...negativeIndexes.map((index) => below.get(index) ?? 0),
        point.zeroCount,
        ...(lowest === undefined ? [] : [0, ...bounded.map((index) => above.get(index) ?? 0)]),
        beyond.reduce((sum, index) => sum + (above.get(index) ?? 0), 0),
      ];
    },
  };
}

type Side = "positive" | "negative";
type Range = readonly [first: number, last: number] | undefined;

const bucketsOf = ({ bucketCounts }: ExponentialHistogram["positive"]): number => bucketCounts.length;

const sizeOf = (range: Range): number => (range ? range[1] - range[0] + 1 : 0);

const indexes = (range: Range): readonly number[] =>
  range ? Array.from({ length: sizeOf(range) }, (_, at) => range[0] + at) : [];

/** The bucket of a coarser scale that one of a finer scale lies in. */
const coarser = (index: number, by: number): number => Math.floor(index / 2 ** by);

function rangeOf(points: readonly ExponentialHistogram[], side: Side, scale: number): Range {
  let range: Range;
  for (const point of points) {
    const { offset, bucketCounts } = point[side];
    if (bucketCounts.length === 0) continue;
    const first = coarser(offset, point.scale - scale);
    const last = coarser(offset + bucketCounts.length - 1, point.scale - scale);
    range = range ? [Math.min(range[0], first), Math.max(range[1], last)] : [first, last];
  }
  return range;
}

function merged(point: ExponentialHistogram, side: Side, scale: number): ReadonlyMap<number, number> {
  const counts = new Map<number, number>();
  const { offset, bucketCounts } = point[side];
  for (const [at, count] of bucketCounts.entries()) {
    const index = coarser(offset + at, point.scale - scale);
    counts.set(index, (counts.get(index) ?? 0) + count);
  }
  return counts;
}
