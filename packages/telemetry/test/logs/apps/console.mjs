import { trace } from "@opentelemetry/api";

trace.getTracer("app").startActiveSpan("work", (span) => {
  const { traceId: trace_id, spanId: span_id } = span.spanContext();
  console.log(JSON.stringify({ trace_id, span_id }));
  span.end();
});
console.error("failed", new TypeError("no such order"));
