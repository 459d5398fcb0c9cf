import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { AggregationType, type DataPoint, type ExponentialHistogram, MeterProvider } from "@opentelemetry/sdk-metrics";
import { explicitBuckets } from "../../src/prometheus/explicit-buckets.ts";
import { TestReader } from "../metrics/meters.ts";

type Point = DataPoint<ExponentialHistogram>;

/** Lets the SDK make exponential histograms: one series for each list of values. */
async function pointsOf(...series: readonly (readonly number[])[]): Promise<readonly Point[]> {
  const reader = new TestReader();
  const views = [{ instrumentName: "*", aggregation: { type: AggregationType.EXPONENTIAL_HISTOGRAM as const } }];
  const histogram = new MeterProvider({ readers: [reader], views }).getMeter("test").createHistogram("sizes");
  for (const [at, values] of series.entries()) for (const value of values) histogram.record(value, { at });
  return ((await reader.metrics()).get("sizes")?.dataPoints ?? []) as readonly Point[];
}

/** How many of the values are at most the bound. Powers of two lie exactly on one. */
const atMost = (values: readonly number[], bound: number): number => values.filter((value) => value <= bound).length;

function cumulative(counts: readonly number[]): readonly number[] {
  let sum = 0;
  return counts.map((count) => (sum += count));
}

const spread = (count: number, from: number, to: number): readonly number[] =>
  Array.from({ length: count }, (_, at) => 1.001 * from ** (1 - at / (count - 1)) * to ** (at / (count - 1)));

describe("explicit buckets of an exponential histogram", () => {
  for (const [what, values] of [
    ["a narrow range", spread(500, 0.1, 0.2)],
    ["milliseconds to minutes", spread(2_000, 0.001, 100)],
    ["a range as wide as numbers go", spread(3_000, 1e-250, 1e250)],
    ["zeros", [0, 0, 0]],
    ["zeros and others", [0, 0, 3, 5, 700.1]],
    ["one value", [42.4]],
  ] as const) {
    test(`have each value of ${what} below the right bound`, async () => {
      const points = await pointsOf(values);
      const { boundaries, counts } = explicitBuckets(points);
      const [point] = points;
      assert.ok(point);
      const told = counts(point.value);
      assert.equal(told.length, boundaries.length + 1);
      assert.ok(boundaries.length <= 103, `${boundaries.length}`);
      assert.deepEqual(
        boundaries,
        boundaries.toSorted((a, b) => a - b),
      );
      assert.equal(new Set(boundaries).size, boundaries.length);
      assert.deepEqual(cumulative(told), [...boundaries.map((bound) => atMost(values, bound)), values.length]);
    });
  }

  test("are the same for every series of a metric", async () => {
    const [fast, slow, none] = [spread(100, 0.001, 0.01), spread(100, 1, 60), [0]];
    const points = await pointsOf(fast, slow, none);
    const { boundaries, counts } = explicitBuckets(points);
    const expected = [fast, slow, none].map((values) => [
      ...boundaries.map((bound) => atMost(values, bound)),
      values.length,
    ]);
    assert.deepEqual(
      points.map(({ value }) => cumulative(counts(value))),
      expected,
    );
  });

  test("keep their bounds when the range widens", async () => {
    const before = explicitBuckets(await pointsOf(spread(50, 0.01, 1))).boundaries;
    const after = explicitBuckets(await pointsOf([...spread(50, 0.01, 1), ...spread(50, 0.001, 100)])).boundaries;
    assert.ok(after.length > before.length);
    assert.deepEqual(
      before.filter((bound) => !after.includes(bound)),
      [],
    );
  });

  test("are few and exact where some values are below zero", () => {
    // -4 < v <= ... : one in [-4, -2), two in [-2, -1), one zero, three in (1, 2].
    const value: ExponentialHistogram = {
      count: 7,
      sum: 0,
      scale: 0,
      zeroCount: 1,
      negative: { offset: 0, bucketCounts: [2, 1] },
      positive: { offset: 0, bucketCounts: [3] },
    };
    const point: Point = { attributes: {}, startTime: [0, 0], endTime: [0, 0], value };
    const { boundaries, counts } = explicitBuckets([point]);
    assert.deepEqual(boundaries, [-2, -1, 0, 1, 2]);
    assert.deepEqual(counts(value), [1, 2, 1, 0, 3, 0]);
  });
});
