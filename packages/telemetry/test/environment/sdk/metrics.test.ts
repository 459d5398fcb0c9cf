import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { AggregationTemporalityPreference, OTLPMetricExporter } from "@opentelemetry/exporter-metrics-otlp-http";
import {
  AggregationTemporality,
  AggregationType,
  DataPointType,
  InMemoryMetricExporter,
  InstrumentType,
  MeterProvider,
  PeriodicExportingMetricReader,
  type PushMetricExporter,
} from "@opentelemetry/sdk-metrics";
import { readOtelEnvironment } from "../../../src/environment/read-environment.ts";
import { metricExporterOptionsOf, readerOptionsOf } from "../../../src/environment/sdk/metrics.ts";

const exporterOf = (env: Record<string, string>): OTLPMetricExporter =>
  new OTLPMetricExporter(metricExporterOptionsOf(readOtelEnvironment(env)));

describe("the temporality", () => {
  const temporality = (value: string, type: InstrumentType): AggregationTemporality =>
    exporterOf({ OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE: value }).selectAggregationTemporality(type);

  test("is what the exporter makes of its name", () => {
    const { CUMULATIVE, DELTA } = AggregationTemporality;
    assert.equal(temporality("", InstrumentType.COUNTER), CUMULATIVE);
    assert.equal(temporality("delta", InstrumentType.COUNTER), DELTA);
    assert.equal(temporality("delta", InstrumentType.UP_DOWN_COUNTER), CUMULATIVE);
    assert.equal(temporality("lowmemory", InstrumentType.HISTOGRAM), DELTA);
    assert.equal(temporality("lowmemory", InstrumentType.OBSERVABLE_COUNTER), CUMULATIVE);
  });

  test("has the numbers that the exporters give it", () => {
    const { DELTA, CUMULATIVE, LOWMEMORY } = AggregationTemporalityPreference;
    const preference = (value: string): number =>
      metricExporterOptionsOf(readOtelEnvironment({ OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE: value }))
        .temporalityPreference;
    assert.deepEqual(["delta", "cumulative", "lowmemory"].map(preference), [DELTA, CUMULATIVE, LOWMEMORY]);
  });
});

describe("the aggregation of histograms", () => {
  const exponential = {
    OTEL_EXPORTER_OTLP_METRICS_DEFAULT_HISTOGRAM_AGGREGATION: "base2_exponential_bucket_histogram",
  };

  test("is the SDK's own unless another one is asked for", () => {
    assert.deepEqual(exporterOf({}).selectAggregation(InstrumentType.HISTOGRAM), { type: AggregationType.DEFAULT });
  });

  test("is exponential for histograms only", () => {
    const exporter = exporterOf(exponential);
    assert.deepEqual(exporter.selectAggregation(InstrumentType.HISTOGRAM), {
      type: AggregationType.EXPONENTIAL_HISTOGRAM,
    });
    assert.deepEqual(exporter.selectAggregation(InstrumentType.COUNTER), { type: AggregationType.DEFAULT });
  });

  test("of what is pushed does not change a reader beside it", async () => {
    const { aggregationPreference } = metricExporterOptionsOf(readOtelEnvironment(exponential));
    const pushed = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
    const beside = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
    const readerOf = (exporter: PushMetricExporter): PeriodicExportingMetricReader =>
      new PeriodicExportingMetricReader({ exporter, ...readerOptionsOf(readOtelEnvironment({})) });
    const provider = new MeterProvider({
      readers: [readerOf(Object.assign(pushed, { selectAggregation: aggregationPreference })), readerOf(beside)],
    });
    provider
      .getMeter("test")
      .createHistogram("latency", { advice: { explicitBucketBoundaries: [1, 2] } })
      .record(1.5);
    await provider.forceFlush();
    await provider.shutdown();
    const typeIn = (exporter: InMemoryMetricExporter): DataPointType | undefined =>
      exporter.getMetrics()[0]?.scopeMetrics[0]?.metrics[0]?.dataPointType;
    assert.equal(typeIn(pushed), DataPointType.EXPONENTIAL_HISTOGRAM);
    assert.equal(typeIn(beside), DataPointType.HISTOGRAM);
  });
});

test("no interval and timeout that read make the SDK throw", () => {
  for (const [interval, timeout] of [
    ["", ""],
    ["1", ""],
    ["1000", "0"],
    ["2147483647", "2147483647"],
    ["500", "9000"],
  ] as const) {
    const options = readerOptionsOf(
      readOtelEnvironment({ OTEL_METRIC_EXPORT_INTERVAL: interval, OTEL_METRIC_EXPORT_TIMEOUT: timeout }),
    );
    const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
    assert.doesNotThrow(() => new PeriodicExportingMetricReader({ exporter, ...options }), `${interval} ${timeout}`);
  }
});
