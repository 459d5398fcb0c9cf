import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { type Span, TraceFlags, context, trace } from "@opentelemetry/api";
import { InMemoryLogRecordExporter, LoggerProvider, SimpleLogRecordProcessor } from "@opentelemetry/sdk-logs";
import { MeterProvider } from "@opentelemetry/sdk-metrics";
import { InMemorySpanExporter, SimpleSpanProcessor, TracerProvider } from "@opentelemetry/sdk-trace";
import { createContextManager } from "../../src/context-manager.ts";
import { neverThrow } from "../../src/pipelines/never-throw.ts";

const revoked = Proxy.revocable({}, {});
revoked.revoke();

const circle: Record<string, unknown> = {};
circle["itself"] = circle;

/** What an application may hand over, whatever its types say. */
const oddities: readonly unknown[] = [
  circle,
  revoked.proxy,
  {
    get name(): never {
      throw new Error("a getter");
    },
  },
  10n,
  Symbol("odd"),
  () => 1,
  null,
  undefined,
  new Date(Number.NaN),
  Object.create(null),
];

/** Does something with each of them, as JavaScript does. */
function withEach(act: (odd: never) => void): void {
  for (const odd of oddities) {
    act(odd as never);
    act({ odd } as never);
  }
}

describe("no oddity that is recorded throws at the application", () => {
  const spans = new InMemorySpanExporter();
  const records = new InMemoryLogRecordExporter();
  const tracer = new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter: spans })] }).getTracer("t");
  const logger = new LoggerProvider({
    processors: [new SimpleLogRecordProcessor({ exporter: records })],
  }).getLogger("t");
  const meter = new MeterProvider().getMeter("t");

  before(() => {
    neverThrow();
    neverThrow();
  });

  const methods: Readonly<Record<string, (span: Span, odd: never) => void>> = {
    setAttribute: (span, odd) => span.setAttribute(odd, odd).setAttribute("v", odd),
    setAttributes: (span, odd) => span.setAttributes(odd),
    addEvent: (span, odd) => span.addEvent(odd, odd, odd),
    addLink: (span, odd) => span.addLink(odd),
    addLinks: (span, odd) => span.addLinks(odd),
    setStatus: (span, odd) => span.setStatus(odd),
    updateName: (span, odd) => span.updateName(odd),
    recordException: (span, odd) => span.recordException(odd, odd),
    end: (span, odd) => span.end(odd),
  };
  for (const [name, use] of Object.entries(methods)) {
    test(`by ${name}() of a span`, () => withEach((odd) => use(tracer.startSpan("span"), odd)));
  }

  test("by startSpan()", () => {
    withEach((odd) => tracer.startSpan(odd).end());
    withEach((odd) => tracer.startSpan("span", odd).end());
    withEach((odd) => tracer.startSpan("span", { attributes: odd, links: odd, startTime: odd }).end());
  });

  test("by emit() of a logger", () => {
    withEach((odd) => logger.emit(odd));
    withEach((odd) => logger.emit({ body: odd, timestamp: odd, attributes: odd, severityNumber: odd }));
  });

  test("by instruments", () => {
    const [counter, sum] = [meter.createCounter("c"), meter.createUpDownCounter("s")];
    const [histogram, gauge] = [meter.createHistogram("h"), meter.createGauge("g")];
    withEach((odd) => {
      counter.add(odd);
      counter.add(1, odd);
      sum.add(odd, odd);
      histogram.record(odd);
      histogram.record(1, odd);
      gauge.record(odd, odd);
    });
  });

  test("and what surrounds it is recorded", () => {
    spans.reset();
    const span = tracer.startSpan("span", { attributes: { fine: 1 } });
    span.setAttribute("odd", revoked.proxy).setAttribute("also", 2).end();
    assert.deepEqual(spans.getFinishedSpans()[0]?.attributes, { fine: 1, also: 2 });
    assert.equal(spans.getFinishedSpans().length, 1);
  });

  test("a span that cannot be started stands for its parent", () => {
    const contexts = createContextManager();
    context.setGlobalContextManager(contexts);
    try {
      tracer.startActiveSpan("parent", (parent) => {
        tracer.startActiveSpan("odd", { attributes: revoked.proxy }, (odd) => {
          assert.equal(odd.spanContext().spanId, parent.spanContext().spanId);
          assert.equal(odd.isRecording(), false);
        });
      });
    } finally {
      context.disable();
    }
    const orphan = tracer.startSpan("odd", { attributes: revoked.proxy });
    assert.equal(orphan.spanContext().traceFlags, TraceFlags.NONE);
    assert.equal(trace.isSpanContextValid(orphan.spanContext()), false);
  });
});
