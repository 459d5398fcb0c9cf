import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { DiagLogLevel, diag } from "@opentelemetry/api";
import type { Attributes } from "@opentelemetry/api";
import { JsonTraceSerializer } from "@opentelemetry/otlp-transformer";
import { type Resource, resourceFromAttributes } from "@opentelemetry/resources";
import { BatchLogRecordProcessor, InMemoryLogRecordExporter, LoggerProvider } from "@opentelemetry/sdk-logs";
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from "@opentelemetry/sdk-metrics";
import { BatchSpanProcessor, InMemorySpanExporter, TracerProvider } from "@opentelemetry/sdk-trace";
import { createResource } from "../../src/resource/create-resource.ts";

const detected = { attributes: { "service.name": "orders", "host.id": "local" }, said: new Set(["service.name"]) };
const found = { "cloud.region": "eu", "host.id": "i-1", "service.name": "a-cloud's idea" };
const settled = { "service.name": "orders", "host.id": "i-1", "cloud.region": "eu" };

/** A resource with more to come, and what makes it come. */
function pending(): { resource: Resource; settle: (attributes: Attributes) => void } {
  const { promise, resolve } = Promise.withResolvers<Attributes>();
  return { resource: createResource(detected, promise), settle: resolve };
}

test("a resource with nothing to come is the SDK's own, and nobody waits for it", () => {
  const resource = createResource(detected);
  assert.equal(resource.asyncAttributesPending, false);
  assert.deepEqual(resource.attributes, detected.attributes);
});

describe("a resource with more to come", () => {
  test("has what is known at once, and what comes over what was detected, not over what was said", async () => {
    const { resource, settle } = pending();
    assert.equal(resource.asyncAttributesPending, true);
    assert.deepEqual(resource.attributes, detected.attributes);
    settle(found);
    await resource.waitForAsyncAttributes?.();
    assert.equal(resource.asyncAttributesPending, false);
    assert.deepEqual(resource.attributes, settled);
  });

  test("is complete without it when it fails", async () => {
    const resource = createResource(detected, Promise.reject(new Error("no metadata")));
    await resource.waitForAsyncAttributes?.();
    assert.deepEqual(resource.attributes, detected.attributes);
  });

  test("merges as the SDK's own do", async () => {
    const { resource, settle } = pending();
    const merged = resource.merge(resourceFromAttributes({ team: "a" }));
    const same = resource.merge(null);
    settle(found);
    await Promise.all([merged.waitForAsyncAttributes?.(), same.waitForAsyncAttributes?.()]);
    assert.deepEqual(merged.attributes, { ...settled, team: "a" });
    assert.deepEqual(same.attributes, settled);
    assert.deepEqual(resourceFromAttributes({}).merge(same).attributes, settled);
  });

  test("warns of nothing on the way", async () => {
    const warnings: string[] = [];
    const warn = (message: string): void => void warnings.push(message);
    const ignore = (): void => {};
    diag.setLogger({ error: warn, warn, info: ignore, debug: ignore, verbose: ignore }, DiagLogLevel.ALL);
    try {
      const { resource, settle } = pending();
      assert.equal(resource.attributes["service.name"], "orders");
      settle(found);
      await resource.waitForAsyncAttributes?.();
      assert.equal(resource.attributes["cloud.region"], "eu");
    } finally {
      diag.disable();
    }
    assert.deepEqual(warnings, []);
  });
});

describe("no pipeline exports before its resource is complete:", () => {
  /** Flushes; looks while the resource is incomplete, and again when it is complete. */
  async function flushing(exported: () => number, flush: () => Promise<void>, settle: () => void): Promise<void> {
    const flushed = flush();
    await new Promise((resolve) => void setImmediate(resolve));
    assert.equal(exported(), 0);
    settle();
    await flushed;
    assert.equal(exported(), 1);
  }

  test("traces", async () => {
    const { resource, settle } = pending();
    const exporter = new InMemorySpanExporter();
    const provider = new TracerProvider({ resource, spanProcessors: [new BatchSpanProcessor({ exporter })] });
    provider.getTracer("test").startSpan("span").end();
    await flushing(
      () => exporter.getFinishedSpans().length,
      () => provider.forceFlush(),
      () => settle(found),
    );
    const body = new TextDecoder().decode(JsonTraceSerializer.serializeRequest(exporter.getFinishedSpans()));
    assert.match(body, /"cloud\.region"/);
    await provider.shutdown();
  });

  test("metrics", async () => {
    const { resource, settle } = pending();
    const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
    const provider = new MeterProvider({ resource, readers: [new PeriodicExportingMetricReader({ exporter })] });
    provider.getMeter("test").createCounter("count").add(1);
    await flushing(
      () => exporter.getMetrics().length,
      () => provider.forceFlush(),
      () => settle(found),
    );
    assert.deepEqual(exporter.getMetrics()[0]?.resource.attributes, settled);
    await provider.shutdown();
  });

  test("logs", async () => {
    const { resource, settle } = pending();
    const exporter = new InMemoryLogRecordExporter();
    const provider = new LoggerProvider({ resource, processors: [new BatchLogRecordProcessor({ exporter })] });
    provider.getLogger("test").emit({ body: "hello" });
    await flushing(
      () => exporter.getFinishedLogRecords().length,
      () => provider.forceFlush(),
      () => settle(found),
    );
    assert.deepEqual(exporter.getFinishedLogRecords()[0]?.resource.attributes, settled);
    await provider.shutdown();
  });
});
