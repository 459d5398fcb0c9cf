import {
  type Context,
  type LogRecord,
  type Logger,
  type SpanContext,
  isSpanContextValid,
  trace,
} from "@opentelemetry/api";
import { isTracingSuppressed } from "@opentelemetry/core";

/** What correlates a line with the span in which it was written, under the names that OpenTelemetry gives them. */
export type TraceFields = Readonly<Record<"trace_id" | "span_id" | "trace_flags", string>>;

/** The ids of the span that is active in this context, if one is. */
export function traceFields(active: Context): TraceFields | undefined {
  const span: SpanContext | undefined = trace.getSpanContext(active);
  if (span === undefined || !isSpanContextValid(span)) return undefined;
  const { traceId, spanId, traceFlags } = span;
  return {
    trace_id: traceId,
    span_id: spanId,
    trace_flags: traceFlags < 16 ? `0${traceFlags.toString(16)}` : traceFlags.toString(16),
  };
}

/** Set while a record is handed over: what a processor logs itself would come back to it for ever. */
let sending = false;

/**
 * Whether a record made in this context should be sent: not while another one is handed over, and not by an exporter,
 * which runs with tracing suppressed.
 */
export const isWanted = (active: Context): boolean => !sending && !isTracingSuppressed(active);

/** Hands a record over. It never throws: a log that cannot be sent is still written. */
export function send(logger: Logger, record: LogRecord): void {
  sending = true;
  try {
    logger.emit(record);
  } catch {
    // A processor that fails is the pipeline's concern, not that of whoever logs.
  } finally {
    sending = false;
  }
}
