import type { LogRecord } from "../otlp/logs.ts";
import type { Paint } from "./paint.ts";
import { beside, oneLine, pairs, valueText } from "./text.ts";

const levels = ["TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL"];

/** What a logger adds to each record, and nobody looks for in a terminal. */
const noise = /^(?:code|log|thread|process)\.|^exception\.stacktrace$|^(?:trace_id|span_id|trace_flags|pid|hostname)$/;

/** How many attributes are shown. */
const mostPairs = 6;

/** `INFO  order placed  order.id=42`. */
export function logLine(record: LogRecord, paint: Paint): string {
  const { body, eventName, attributes } = record;
  const shown = Object.fromEntries(Object.entries(attributes).filter(([key]) => !noise.test(key)));
  return beside(
    levelOf(record, paint),
    body === null ? "" : valueText(body, 160),
    eventName === body ? "" : oneLine(eventName, 60),
    paint.faint(beside(...pairs(shown, mostPairs))),
  );
}

function levelOf({ severityNumber, severityText }: LogRecord, paint: Paint): string {
  const level = levels[Math.floor((severityNumber - 1) / 4)];
  const name = level ?? (oneLine(severityText, 10).toUpperCase() || "LOG");
  if (severityNumber >= 17) return paint.bad(name);
  return severityNumber >= 13 ? paint.doubtful(name) : name;
}
