import assert from "node:assert/strict";
import { test } from "node:test";
import { type Attributes, type Histogram, type Meter, createNoopMeter } from "@opentelemetry/api";
import {
  AggregationTemporality,
  DataPointType,
  type HistogramMetricData,
  InMemoryMetricExporter,
  MeterProvider,
  type MeterProviderOptions,
  PeriodicExportingMetricReader,
} from "@opentelemetry/sdk-metrics";
import { seriesOf } from "../../src/http/series.ts";

/** The real SDK with readers of both temporalities; `read` collects one of them. */
function sdk(options: MeterProviderOptions = {}) {
  const exporters = [AggregationTemporality.CUMULATIVE, AggregationTemporality.DELTA].map(
    (temporality) => new InMemoryMetricExporter(temporality),
  );
  const readers = exporters.map(
    (exporter) =>
      new PeriodicExportingMetricReader({
        exporter,
        exportIntervalMillis: 2 ** 30,
        ...(options.views ? {} : { cardinalityLimits: { default: 4 } }),
      }),
  );
  const provider = new MeterProvider({ ...options, readers });
  return {
    meter: provider.getMeter("test"),
    async read(reader: 0 | 1): Promise<[Attributes, number, number | undefined][]> {
      exporters[reader]?.reset();
      await readers[reader]?.forceFlush();
      const all = exporters[reader]
        ?.getMetrics()
        .flatMap(({ scopeMetrics }) => scopeMetrics.flatMap((one) => one.metrics));
      return (all ?? [])
        .filter((data): data is HistogramMetricData => data.dataPointType === DataPointType.HISTOGRAM)
        .flatMap(({ dataPoints }) => dataPoints.map(({ attributes, value }) => [attributes, value.count, value.sum]));
    },
  };
}

const histogramOf = (meter: Meter): Histogram => meter.createHistogram("duration");

test("values reach every reader once, before and after each has collected", async () => {
  const { meter, read } = sdk();
  const series = seriesOf(histogramOf(meter), { route: "/a" });
  const cumulative: unknown[] = [];
  const delta: unknown[] = [];
  for (const values of [[1], [2, 3], [], [4]]) {
    for (const value of values) series.record(value);
    cumulative.push(...(await read(0)));
    delta.push(...(await read(1)));
  }
  const attributes = { route: "/a" };
  assert.deepEqual(cumulative, [
    [attributes, 1, 1],
    [attributes, 3, 6],
    [attributes, 3, 6],
    [attributes, 4, 10],
  ]);
  assert.deepEqual(delta, [
    [attributes, 1, 1],
    [attributes, 2, 5],
    [attributes, 1, 4],
  ]);
});

test("a series and the histogram itself are one", async () => {
  const { meter, read } = sdk();
  const histogram = histogramOf(meter);
  const series = seriesOf(histogram, { a: 1, b: "x" });
  histogram.record(1, { b: "x", a: 1 });
  series.record(2);
  series.record(3);
  histogram.record(4, { a: 1, b: "x" });
  assert.deepEqual(await read(0), [[{ b: "x", a: 1 }, 4, 10]]);
});

test("a series is looked for once for each collection", async () => {
  const { meter, read } = sdk();
  let reads = 0;
  const attributes = new Proxy<Attributes>(
    { route: "/a" },
    {
      ownKeys(target) {
        reads += 1;
        return Reflect.ownKeys(target);
      },
    },
  );
  const series = seriesOf(histogramOf(meter), attributes);
  series.record(1);
  const first = reads;
  for (let value = 0; value < 100; value += 1) series.record(value);
  assert.equal(reads, first);
  await read(0);
  const collected = reads;
  series.record(1);
  assert.ok(reads > collected);
});

test("what is over the limit of the SDK goes to its overflow series", async () => {
  const { meter, read } = sdk();
  const histogram = histogramOf(meter);
  const all = Array.from({ length: 6 }, (_, number) => seriesOf(histogram, { number }));
  for (const series of [...all, ...all]) series.record(1);
  const points = await read(1);
  const overflow = points.find(([attributes]) => attributes["otel.metric.overflow"] === true);
  assert.equal(overflow?.[1], 6);
  assert.equal(
    points.reduce((sum, [, count]) => sum + count, 0),
    12,
  );
});

test("a view that leaves attributes out is obeyed", async () => {
  const { meter, read } = sdk({
    views: [{ instrumentName: "duration", attributesProcessors: [{ process: ({ route }) => ({ route }) }] }],
  });
  const histogram = histogramOf(meter);
  for (const status of [200, 404]) {
    const series = seriesOf(histogram, { route: "/a", status });
    series.record(1);
    series.record(1);
  }
  assert.deepEqual(await read(1), [[{ route: "/a" }, 4, 4]]);
});

test("a histogram of another make is recorded to as it is", () => {
  const recorded: unknown[] = [];
  const histogram: Histogram = { record: (value, attributes) => void recorded.push([value, attributes]) };
  seriesOf(histogram, { route: "/a" }).record(2);
  assert.deepEqual(recorded, [[2, { route: "/a" }]]);
  seriesOf(createNoopMeter().createHistogram("duration"), {}).record(1);
});
