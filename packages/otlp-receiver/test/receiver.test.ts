import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { ROOT_CONTEXT, SeverityNumber, SpanKind, SpanStatusCode, diag, trace } from "@opentelemetry/api";
import { CompressionAlgorithm } from "@opentelemetry/otlp-exporter-base";
import { startReceiver } from "../src/index.ts";
import { startSdk } from "./sdk.ts";
import { own } from "./own.ts";

for (const encoding of ["protobuf", "json"] as const) {
  describe(`from the SDK's exporters over http/${encoding}`, () => {
    test("a span arrives with all it has", async (t) => {
      const receiver = own(t, await startReceiver({ port: 0 }));
      const sdk = own(t, startSdk(encoding, receiver.url));
      const tracer = sdk.tracers.getTracer("shop", "1.2.3");

      const remote = { traceId: "0af7651916cd43dd8448eb211c80319c", spanId: "b7ad6b7169203331", traceFlags: 1 };
      const context = trace.setSpanContext(ROOT_CONTEXT, { ...remote, isRemote: true });
      const parent = tracer.startSpan(
        "POST /orders",
        { kind: SpanKind.SERVER, startTime: [1_700_000_000, 1] },
        context,
      );
      const child = tracer.startSpan(
        "charge",
        {
          kind: SpanKind.CLIENT,
          startTime: [1_700_000_000, 2_000_000],
          links: [{ context: remote, attributes: { why: "retry" } }],
        },
        trace.setSpan(ROOT_CONTEXT, parent),
      );
      child.setAttributes({ text: "a", whole: 7, half: 0.5, yes: true, list: ["a", "b"], numbers: [1, 2] });
      child.setStatus({ code: SpanStatusCode.ERROR, message: "card refused" });
      child.addEvent("retrying", { attempt: 2 }, [1_700_000_000, 3_000_000]);
      child.end([1_700_000_000, 4_500_001]);
      parent.end([1_700_000_001, 0]);
      await sdk.flush();

      const origin = {
        scope: { name: "shop", version: "1.2.3", attributes: {} },
        resource: { "service.name": "orders", "host.cpus": 2 },
      };
      const none = { traceState: "", droppedAttributesCount: 0, droppedEventsCount: 0, droppedLinksCount: 0 };
      assert.deepEqual(receiver.spans(), [
        {
          name: "charge",
          kind: "client",
          traceId: remote.traceId,
          spanId: child.spanContext().spanId,
          parentSpanId: parent.spanContext().spanId,
          parentIsRemote: false,
          flags: 0x101,
          startMs: 1_700_000_000_002,
          endMs: 1_700_000_000_004.5,
          durationMs: 2.500001,
          status: { code: "error", message: "card refused" },
          attributes: { text: "a", whole: 7, half: 0.5, yes: true, list: ["a", "b"], numbers: [1, 2] },
          events: [
            { name: "retrying", timeMs: 1_700_000_000_003, attributes: { attempt: 2 }, droppedAttributesCount: 0 },
          ],
          links: [
            {
              traceId: remote.traceId,
              spanId: remote.spanId,
              traceState: "",
              flags: 0x101,
              attributes: { why: "retry" },
              droppedAttributesCount: 0,
            },
          ],
          ...none,
          ...origin,
        },
        {
          name: "POST /orders",
          kind: "server",
          traceId: remote.traceId,
          spanId: parent.spanContext().spanId,
          parentSpanId: remote.spanId,
          parentIsRemote: true,
          flags: 0x301,
          startMs: 1_700_000_000_000,
          endMs: 1_700_000_001_000,
          durationMs: 999.999999,
          status: { code: "unset", message: "" },
          attributes: {},
          events: [],
          links: [],
          ...none,
          ...origin,
        },
      ]);
    });

    test("metrics of every kind arrive", async (t) => {
      const receiver = own(t, await startReceiver({ port: 0 }));
      const sdk = own(t, startSdk(encoding, receiver.url));
      const meter = sdk.meters.getMeter("shop");
      meter.createCounter("orders", { unit: "{order}", description: "Orders placed." }).add(2, { route: "/orders" });
      meter.createUpDownCounter("in flight").add(-3);
      meter.createGauge("temperature", { unit: "Cel" }).record(21.5);
      const explicit = meter.createHistogram("duration", {
        unit: "s",
        advice: { explicitBucketBoundaries: [0.1, 1] },
      });
      for (const value of [0.05, 0.5, 5]) explicit.record(value);
      await sdk.flush();

      const origin = {
        scope: { name: "shop", version: "", attributes: {} },
        resource: { "service.name": "orders", "host.cpus": 2 },
      };
      const shorn = receiver.metrics().map(({ points, ...metric }) => ({
        ...metric,
        points: points.map(({ startMs, timeMs, ...point }) => {
          assert.ok(startMs > 1.7e12 && timeMs >= startMs);
          return point;
        }),
      }));
      const point = { flags: 0, exemplars: [] };
      const numbers = { count: 3, sum: 5.55, min: 0.05, max: 5 };
      assert.deepEqual(shorn, [
        {
          name: "orders",
          unit: "{order}",
          description: "Orders placed.",
          type: "sum",
          temporality: "cumulative",
          monotonic: true,
          points: [{ ...point, attributes: { route: "/orders" }, value: 2 }],
          ...origin,
        },
        {
          name: "in flight",
          unit: "",
          description: "",
          type: "sum",
          temporality: "cumulative",
          monotonic: false,
          points: [{ ...point, attributes: {}, value: -3 }],
          ...origin,
        },
        {
          name: "temperature",
          unit: "Cel",
          description: "",
          type: "gauge",
          points: [{ ...point, attributes: {}, value: 21.5 }],
          ...origin,
        },
        {
          name: "duration",
          unit: "s",
          description: "",
          type: "histogram",
          temporality: "cumulative",
          points: [{ ...point, attributes: {}, ...numbers, bucketCounts: [1, 1, 1], explicitBounds: [0.1, 1] }],
          ...origin,
        },
      ]);
    });

    test("an exponential histogram arrives with its buckets", async (t) => {
      const receiver = own(t, await startReceiver({ port: 0 }));
      const sdk = own(t, startSdk(encoding, receiver.url));
      const exponential = sdk.meters.getMeter("shop").createHistogram("exponential");
      for (const value of [0, 1, 2, 4]) exponential.record(value);
      await sdk.flush();

      const [metric] = receiver.metrics();
      assert.equal(metric?.type, "exponentialHistogram");
      const [{ positive, negative, ...point } = assert.fail("no point")] = metric.points;
      assert.partialDeepStrictEqual(point, {
        count: 4,
        sum: 7,
        min: 0,
        max: 4,
        zeroCount: 1,
        zeroThreshold: 0,
        scale: 6,
      });
      assert.deepEqual(negative, { offset: 0, bucketCounts: [] });
      // At scale 6 a power of 2 is the upper bound of the last of 64 buckets.
      const indexes = positive?.bucketCounts.flatMap((count, at) => (count === 1 ? [at + positive.offset] : []));
      assert.deepEqual(indexes, [-1, 63, 127]);
    });

    test("a log record arrives with a body and attributes of any kind", async (t) => {
      const receiver = own(t, await startReceiver({ port: 0 }));
      const sdk = own(t, startSdk(encoding, receiver.url));
      const logger = sdk.loggers.getLogger("pino", "10.0.0");
      const context = trace.setSpanContext(ROOT_CONTEXT, {
        traceId: "0af7651916cd43dd8448eb211c80319c",
        spanId: "b7ad6b7169203331",
        traceFlags: 1,
      });
      logger.emit({
        context,
        timestamp: [1_700_000_000, 500_000],
        observedTimestamp: [1_700_000_001, 0],
        severityNumber: SeverityNumber.WARN,
        severityText: "warn",
        eventName: "order.late",
        body: { order: { id: 42, lines: ["a", null, 1.5] } },
        attributes: { bytes: new Uint8Array([1, 2, 250]), big: 2 ** 60, nested: { deep: [{ er: true }] } },
      });
      await sdk.flush();

      assert.deepEqual(receiver.logs(), [
        {
          body: { order: { id: 42, lines: ["a", null, 1.5] } },
          severityNumber: 13,
          severityText: "warn",
          eventName: "order.late",
          timeMs: 1_700_000_000_000.5,
          observedMs: 1_700_000_001_000,
          traceId: "0af7651916cd43dd8448eb211c80319c",
          spanId: "b7ad6b7169203331",
          flags: 1,
          attributes: { bytes: new Uint8Array([1, 2, 250]), big: 2n ** 60n, nested: { deep: [{ er: true }] } },
          droppedAttributesCount: 0,
          scope: { name: "pino", version: "10.0.0", attributes: {} },
          resource: { "service.name": "orders", "host.cpus": 2 },
        },
      ]);
    });

    test("an exporter understands a refusal and sends again, and what it sent arrives once", async (t) => {
      const receiver = own(t, await startReceiver({ port: 0 }));
      const sdk = own(t, startSdk(encoding, receiver.url));
      receiver.answerWith({ status: 503, retryAfter: 0 }, { times: 1 });
      sdk.tracers.getTracer("t").startSpan("once").end();
      await sdk.flush();
      assert.deepEqual(
        receiver.requests().flatMap(({ pipeline, status }) => (pipeline === "traces" ? status : [])),
        [503, 200],
      );
      assert.deepEqual(
        receiver.spans().map(({ name }) => name),
        ["once"],
      );
    });

    test("an exporter understands a partial success", async (t) => {
      const warnings: unknown[] = [];
      const ignore = (): void => {};
      const warn = (...parts: unknown[]): void => void warnings.push(parts.slice(0, 2));
      diag.setLogger({ warn, error: ignore, info: ignore, debug: ignore, verbose: ignore });
      t.after(() => diag.disable());
      const receiver = own(t, await startReceiver({ port: 0 }));
      const sdk = own(t, startSdk(encoding, receiver.url));
      receiver.answerWith({ rejected: 1, message: "too old" }, { pipeline: "logs" });
      sdk.loggers.getLogger("l").emit({ body: "old" });
      await sdk.flush();
      // Protobuf's JSON mapping writes a 64-bit integer as a string.
      const rejectedLogRecords = encoding === "json" ? "1" : 1;
      assert.deepEqual(warnings, [
        ["Received Partial Success response:", JSON.stringify({ rejectedLogRecords, errorMessage: "too old" })],
      ]);
      assert.deepEqual(receiver.logs(), []);
    });

    test("what is compressed arrives, and its request tells both sizes", async (t) => {
      const receiver = own(t, await startReceiver({ port: 0 }));
      const sdk = own(t, startSdk(encoding, receiver.url, { compression: CompressionAlgorithm.GZIP }));
      for (let index = 0; index < 50; index += 1) sdk.tracers.getTracer("t").startSpan("the same name").end();
      await sdk.flush();

      assert.equal(receiver.spans().length, 50);
      const [request] = receiver.requests();
      assert.equal(request?.contentEncoding, "gzip");
      assert.equal(request.contentType, encoding === "json" ? "application/json" : "application/x-protobuf");
      assert.ok(request.bytes < request.body.length);
    });
  });
}
