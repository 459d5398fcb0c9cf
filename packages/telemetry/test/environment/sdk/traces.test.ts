import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { ROOT_CONTEXT, type SpanContext, TraceFlags, defaultTextMapSetter, trace } from "@opentelemetry/api";
import { InMemorySpanExporter, SimpleSpanProcessor, TracerProvider } from "@opentelemetry/sdk-trace";
import { readOtelEnvironment } from "../../../src/environment/read-environment.ts";
import { batchSpanOptionsOf } from "../../../src/environment/sdk/batch.ts";
import { spanLimitsOf } from "../../../src/environment/sdk/limits.ts";
import { propagatorOf } from "../../../src/environment/sdk/propagator.ts";
import { samplerOf } from "../../../src/environment/sdk/sampler.ts";

describe("the sampler", () => {
  const parentBased = (root: string): string =>
    `ParentBased{root=${root}, remoteParentSampled=AlwaysOnSampler, remoteParentNotSampled=AlwaysOffSampler, ` +
    "localParentSampled=AlwaysOnSampler, localParentNotSampled=AlwaysOffSampler}";
  const samplers: Readonly<Record<string, string>> = {
    always_on: "AlwaysOnSampler",
    always_off: "AlwaysOffSampler",
    traceidratio: "TraceIdRatioBased{0.25}",
    parentbased_always_on: parentBased("AlwaysOnSampler"),
    parentbased_always_off: parentBased("AlwaysOffSampler"),
    parentbased_traceidratio: parentBased("TraceIdRatioBased{0.25}"),
  };
  for (const [name, sampler] of Object.entries(samplers)) {
    test(`${name} is the SDK's own`, () => {
      const env = { OTEL_TRACES_SAMPLER: name, OTEL_TRACES_SAMPLER_ARG: "0.25" };
      assert.equal(samplerOf(readOtelEnvironment(env)).toString(), sampler);
    });
  }

  test("is parentbased_always_on when nothing is set", () => {
    assert.equal(samplerOf(readOtelEnvironment({})).toString(), parentBased("AlwaysOnSampler"));
  });

  test("a ratio of zero keeps nothing, and one of one keeps everything", () => {
    for (const [ratio, kept] of [
      ["0", 0],
      ["1", 50],
    ] as const) {
      const env = { OTEL_TRACES_SAMPLER: "traceidratio", OTEL_TRACES_SAMPLER_ARG: ratio };
      const exporter = new InMemorySpanExporter();
      const provider = new TracerProvider({
        sampler: samplerOf(readOtelEnvironment(env)),
        spanProcessors: [new SimpleSpanProcessor({ exporter })],
      });
      for (let count = 0; count < 50; count += 1) provider.getTracer("test").startSpan("span").end();
      assert.equal(exporter.getFinishedSpans().length, kept);
    }
  });
});

describe("the propagator", () => {
  const parent: SpanContext = {
    traceId: "0af7651916cd43dd8448eb211c80319c",
    spanId: "b7ad6b7169203331",
    traceFlags: TraceFlags.SAMPLED,
  };

  function injected(env: Record<string, string>): string[] {
    const carrier: Record<string, string> = {};
    propagatorOf(readOtelEnvironment(env))?.inject(
      trace.setSpanContext(ROOT_CONTEXT, parent),
      carrier,
      defaultTextMapSetter,
    );
    return Object.keys(carrier).toSorted();
  }

  test("writes what is asked for, in the headers that belong to it", () => {
    assert.deepEqual(injected({}), ["traceparent"]);
    assert.deepEqual(injected({ OTEL_PROPAGATORS: "b3" }), ["b3"]);
    assert.deepEqual(injected({ OTEL_PROPAGATORS: "b3multi" }), ["x-b3-sampled", "x-b3-spanid", "x-b3-traceid"]);
    assert.deepEqual(injected({ OTEL_PROPAGATORS: "b3,tracecontext" }), ["b3", "traceparent"]);
  });

  test("knows the fields of each", () => {
    const fields = propagatorOf(readOtelEnvironment({}))?.fields() ?? [];
    assert.deepEqual(fields.toSorted(), ["baggage", "traceparent", "tracestate"]);
  });

  test("is none when none is asked for", () => {
    assert.equal(propagatorOf(readOtelEnvironment({ OTEL_PROPAGATORS: "none" })), undefined);
  });
});

describe("the limits of spans", () => {
  test("hold in a provider that is given them, the own ones over the general ones", () => {
    const settings = readOtelEnvironment({
      OTEL_ATTRIBUTE_COUNT_LIMIT: "9",
      OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT: "2",
      OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT: "3",
      OTEL_SPAN_EVENT_COUNT_LIMIT: "1",
      OTEL_EVENT_ATTRIBUTE_COUNT_LIMIT: "1",
      OTEL_SPAN_LINK_COUNT_LIMIT: "0",
    });
    const exporter = new InMemorySpanExporter();
    const provider = new TracerProvider({
      spanLimits: spanLimitsOf(settings),
      spanProcessors: [new SimpleSpanProcessor({ exporter })],
    });
    const span = provider.getTracer("test").startSpan("span");
    span.setAttributes({ a: "abcdef", b: "b", c: "c" });
    span.addEvent("first", { a: 1, b: 2 });
    span.addEvent("second", { a: 1, b: 2 });
    span.addLink({
      context: { traceId: "0af7651916cd43dd8448eb211c80319c", spanId: "b7ad6b7169203331", traceFlags: 1 },
    });
    span.end();
    const [finished] = exporter.getFinishedSpans();
    assert.deepEqual(finished?.attributes, { a: "abc", b: "b" });
    assert.deepEqual(
      finished?.events.map(({ name, attributes }) => [name, attributes]),
      [["second", { a: 1 }]],
    );
    assert.equal(finished?.links.length, 0);
  });

  test("are those of the specification when nothing is set", () => {
    assert.deepEqual(spanLimitsOf(readOtelEnvironment({})), {
      attributeCountLimit: 128,
      attributeValueLengthLimit: Infinity,
      eventCountLimit: 128,
      linkCountLimit: 128,
      attributePerEventCountLimit: 128,
      attributePerLinkCountLimit: 128,
    });
  });
});

test("the batches of spans are those of the specification when nothing is set", () => {
  assert.deepEqual(batchSpanOptionsOf(readOtelEnvironment({})), {
    scheduledDelayMillis: 5_000,
    exportTimeoutMillis: 30_000,
    maxQueueSize: 2_048,
    maxExportBatchSize: 512,
  });
});
