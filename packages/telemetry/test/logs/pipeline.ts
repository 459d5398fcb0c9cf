import { createRequire } from "node:module";
import { Writable } from "node:stream";
import { type Span, context, logs, trace } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import { InMemoryLogRecordExporter, LoggerProvider, SimpleLogRecordProcessor } from "@opentelemetry/sdk-logs";
import type { ReadableLogRecord } from "@opentelemetry/sdk-logs";
import { TracerProvider } from "@opentelemetry/sdk-trace";

/** Requires as an application does, so that the hooks of instrumentations see it. */
export const require: NodeJS.Require = createRequire(import.meta.url);

const exporter = new InMemoryLogRecordExporter();

/** What records go to. */
export const loggerProvider: LoggerProvider = new LoggerProvider({
  processors: [new SimpleLogRecordProcessor({ exporter })],
});
logs.setGlobalLoggerProvider(loggerProvider);
trace.setGlobalTracerProvider(new TracerProvider());
context.setGlobalContextManager(new AsyncLocalStorageContextManager());

/** The records that were sent since the last call. */
export function sent(): readonly ReadableLogRecord[] {
  const records = [...exporter.getFinishedLogRecords()];
  exporter.reset();
  return records;
}

/** Runs something in a span, and gives the span. */
export function inSpan(run: (span: Span) => void): Span {
  return trace.getTracer("test").startActiveSpan("work", (span) => {
    run(span);
    span.end();
    return span;
  });
}

/** The ids of a span, as log lines show them. */
export function idsOf(span: Span): Record<string, string> {
  const { traceId, spanId } = span.spanContext();
  return { trace_id: traceId, span_id: spanId, trace_flags: "01" };
}

/** A stream that keeps what is written to it. */
export function sink(): { stream: Writable; text(): string; lines(): Record<string, unknown>[]; clear(): void } {
  let text = "";
  const stream = new Writable({
    decodeStrings: false,
    write(chunk, _encoding, done) {
      text += String(chunk);
      done();
    },
  });
  return {
    stream,
    text: () => text,
    lines: () =>
      text
        .split("\n")
        .filter((line) => line !== "")
        .map((line) => JSON.parse(line) as Record<string, unknown>),
    clear: () => {
      text = "";
    },
  };
}
