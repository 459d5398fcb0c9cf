import type { LogRecord, Metric, Point, Receiver, Span } from "../../src/index.ts";

const scope = { name: "test", version: "", attributes: {} };
const resource = { "service.name": "orders" };
const TRACE = "0af7651916cd43dd8448eb211c80319c";

/** A span of 10 ms at the beginning of time, of the service `orders`. */
export function span(name: string, spanId: string, given: Partial<Span> = {}): Span {
  const startMs = given.startMs ?? 0;
  return {
    name,
    kind: "internal",
    traceId: TRACE,
    spanId,
    parentSpanId: undefined,
    parentIsRemote: given.parentSpanId === undefined ? undefined : false,
    traceState: "",
    flags: 1,
    startMs,
    endMs: startMs + 10,
    durationMs: 10,
    status: { code: "unset", message: "" },
    attributes: {},
    droppedAttributesCount: 0,
    events: [],
    droppedEventsCount: 0,
    links: [],
    droppedLinksCount: 0,
    scope,
    resource,
    ...given,
  };
}

/** A log record of level INFO in the same trace. */
export function log(body: string, given: Partial<LogRecord> = {}): LogRecord {
  return {
    body,
    severityNumber: 9,
    severityText: "info",
    eventName: "",
    timeMs: 0,
    observedMs: 0,
    traceId: TRACE,
    spanId: undefined,
    flags: 1,
    attributes: {},
    droppedAttributesCount: 0,
    scope,
    resource,
    ...given,
  };
}

export function point(given: Partial<Point>): Point {
  return { attributes: {}, startMs: 0, timeMs: 0, flags: 0, exemplars: [], ...given };
}

export function metric(name: string, type: Metric["type"], given: Partial<Metric>): Metric {
  const temporality = type === "gauge" || type === "summary" ? {} : { temporality: "cumulative" as const };
  return { name, unit: "", description: "", type, ...temporality, points: [], scope, resource, ...given };
}

/** A receiver as a printer sees it, to which things arrive at a word. */
export interface Arrivals {
  readonly receiver: Receiver;
  spans(...spans: Span[]): void;
  metrics(...metrics: Metric[]): void;
  logs(...logs: LogRecord[]): void;
}

export function createArrivals(): Arrivals {
  type Listener = (items: never) => void;
  const listeners = new Map<string, Set<Listener>>();
  const on = (kind: string) => (listener: Listener) => {
    const set = listeners.get(kind) ?? new Set();
    listeners.set(kind, set.add(listener));
    return { [Symbol.dispose]: () => void set.delete(listener) };
  };
  const tell =
    (kind: string) =>
    (...items: unknown[]) => {
      for (const listener of listeners.get(kind) ?? []) listener(items as never);
    };
  return {
    receiver: { onSpans: on("spans"), onMetrics: on("metrics"), onLogs: on("logs") } as unknown as Receiver,
    spans: tell("spans"),
    metrics: tell("metrics"),
    logs: tell("logs"),
  };
}
