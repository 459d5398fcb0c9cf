import type { LogRecord } from "../otlp/logs.ts";
import type { Span, SpanEvent } from "../otlp/spans.ts";
import { logLine } from "./log-line.ts";
import type { Paint } from "./paint.ts";
import { duration } from "./quantity.ts";
import { detailsOf } from "./span-details.ts";
import { beside, oneLine, pairs, serviceOf, valueText } from "./text.ts";

/** What is known of a trace when it is drawn. */
export interface Trace {
  readonly traceId: string;
  readonly spans: readonly Span[];
  readonly logs: readonly LogRecord[];
  /** Whether a part of it was drawn before. */
  readonly continued: boolean;
}

/** One line to be: a span, or something that happened in one. */
interface Row {
  readonly branch: string;
  readonly text: string;
  readonly span?: Span;
  /** The service of what the row hangs on. */
  readonly within: string;
}

/** Something that hangs on a span, or on nothing. */
interface Item {
  readonly atMs: number;
  readonly span?: Span;
  readonly text: string;
}

/** Names beyond this do not push the durations further to the right. */
const widestName = 56;

/** Draws a trace: its spans as a tree, and in it the log records and events, each where and when it happened. */
export function traceLines(trace: Trace, paint: Paint): string[] {
  const first = trace.spans.toSorted((a, b) => a.startMs - b.startMs)[0] ?? trace.logs[0];
  const service = first ? serviceOf(first) : "";
  const head = beside(`trace ${trace.traceId}`, service, trace.continued ? "(continued)" : "");
  const rows = rowsOf(trace, service, paint);
  const spans = rows.filter(({ span }) => span !== undefined);
  const nameWidth = Math.max(0, ...spans.map(({ branch, text }) => Math.min(widestName, branch.length + text.length)));
  const durations = new Map(spans.map(({ span }) => [span, duration(span?.durationMs ?? 0)]));
  const durationWidth = Math.max(0, ...[...durations.values()].map(({ length }) => length));

  const lines = rows.map(({ branch, text, span, within }) => {
    if (!span) return `${paint.faint(branch)}${text}`;
    const name = text.padEnd(nameWidth - branch.length);
    const time = (durations.get(span) ?? "").padStart(durationWidth);
    return beside(`${paint.faint(branch)}${name}`, time, span.kind, ...detailsOf(span), remarks(span, within, paint));
  });
  return [paint.strong(head), ...lines];
}

function rowsOf({ spans, logs }: Trace, service: string, paint: Paint): Row[] {
  const known = new Set(spans.map(({ spanId }) => spanId));
  const children = new Map<string | undefined, Item[]>();
  const hang = (on: string | undefined, item: Item): void => {
    const parent = on !== undefined && known.has(on) ? on : undefined;
    children.set(parent, [...(children.get(parent) ?? []), item]);
  };
  for (const span of spans) {
    hang(span.parentSpanId, { atMs: span.startMs, span, text: oneLine(span.name, widestName) });
    for (const event of span.events) hang(span.spanId, { atMs: event.timeMs, text: eventLine(event, paint) });
  }
  for (const log of logs) hang(log.spanId, { atMs: log.timeMs, text: logLine(log, paint) });

  const rows: Row[] = [];
  const drawn = new Set<Span>();
  const draw = ({ span, text }: Item, indent: string, connector: string, within: string): void => {
    if (span && drawn.has(span)) return;
    rows.push({ branch: indent + connector, text, ...(span && { span }), within });
    if (!span) return;
    drawn.add(span);
    const below = (children.get(span.spanId) ?? []).toSorted((a, b) => a.atMs - b.atMs);
    // A span that came twice has its children once.
    children.delete(span.spanId);
    const inner = indent + { "": "", "├─ ": "│  ", "└─ ": "   " }[connector];
    below.forEach((item, index) => {
      draw(item, inner, index === below.length - 1 ? "└─ " : "├─ ", serviceOf(span));
    });
  };
  for (const item of (children.get(undefined) ?? []).toSorted((a, b) => a.atMs - b.atMs)) draw(item, "", "", service);
  // Spans that are each other's parents hang on nothing that is drawn.
  for (const span of spans) draw({ atMs: span.startMs, span, text: oneLine(span.name, widestName) }, "", "", service);
  return rows;
}

function eventLine({ name, attributes }: SpanEvent, paint: Paint): string {
  const { "exception.type": type, "exception.message": message, "exception.stacktrace": _, ...others } = attributes;
  if (name !== "exception") return beside(`· ${oneLine(name, 60)}`, paint.faint(beside(...pairs(others, 4))));
  const what = [type, message].flatMap((part) => (part === undefined ? [] : valueText(part, 120)));
  return beside(paint.bad(`· exception  ${what.join(": ")}`), paint.faint(beside(...pairs(others, 4))));
}

/** What stands at the end of a span's line. */
function remarks(span: Span, within: string, paint: Paint): string {
  const { status, events, links } = span;
  const service = serviceOf(span);
  const told = events.some(({ attributes }) => attributes["exception.message"] === status.message);
  const message = told ? "" : oneLine(status.message, 120);
  return beside(
    service === within ? "" : `in ${service}`,
    links.length === 0 ? "" : `${links.length} ${links.length === 1 ? "link" : "links"}`,
    status.code === "error" ? paint.bad(`ERROR${message === "" ? "" : ` ${message}`}`) : "",
  );
}
