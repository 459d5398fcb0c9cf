import assert from "node:assert/strict";
import { test } from "node:test";
import { ROOT_CONTEXT, trace } from "@opentelemetry/api";
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from "@opentelemetry/sdk-metrics";
import { BatchSpanProcessor, InMemorySpanExporter, TracerProvider } from "@opentelemetry/sdk-trace";
import { hearDrops } from "../../src/pipelines/self-metrics.ts";

async function endSpans(spans: number, target: MeterProvider | undefined): Promise<number> {
  let dropped = 0;
  const exporter = new InMemorySpanExporter();
  const selfObsMeterProvider = hearDrops(target, (items) => (dropped += items));
  const processor = new BatchSpanProcessor({
    exporter,
    maxQueueSize: 10,
    maxExportBatchSize: 10,
    selfObsMeterProvider,
  });
  const provider = new TracerProvider({ spanProcessors: [processor] });
  const tracer = provider.getTracer("test");
  for (let span = 0; span < spans; span += 1)
    tracer.startSpan(`span ${span}`, {}, trace.deleteSpan(ROOT_CONTEXT)).end();
  await provider.shutdown();
  return dropped;
}

test("what a full queue drops is heard, also where no metrics are", async () => {
  // The batch that is full leaves at once, and the queue behind it fills up while it does.
  assert.equal(await endSpans(25, undefined), 5);
  assert.equal(await endSpans(8, undefined), 0);
});

test("what processors record goes on to the metrics of the service", async () => {
  const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
  const reader = new PeriodicExportingMetricReader({
    exporter,
    exportIntervalMillis: 60_000,
    exportTimeoutMillis: 1_000,
  });
  const target = new MeterProvider({ readers: [reader] });
  assert.equal(await endSpans(25, target), 5);
  await target.forceFlush();
  const metrics = exporter.getMetrics().flatMap(({ scopeMetrics }) => scopeMetrics.flatMap((scope) => scope.metrics));
  const processed = metrics.find(({ descriptor }) => descriptor.name === "otel.sdk.processor.span.processed");
  const counts = processed?.dataPoints.map(({ attributes, value }) => [attributes["error.type"] ?? "", value]);
  assert.deepEqual(counts?.toSorted(), [
    ["", 20],
    ["queue_full", 5],
  ]);
  await target.shutdown();
});
