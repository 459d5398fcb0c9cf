import type { IncomingHttpHeaders } from "node:http";
import { createListeners } from "@seaworthy/lifecycle";
import type { LogRecord } from "./otlp/logs.ts";
import type { Metric } from "./otlp/metrics.ts";
import type { Pipeline } from "./otlp/pipeline.ts";
import type { Span } from "./otlp/spans.ts";

/** A request as it came, whatever its answer was. */
export interface ReceivedRequest {
  /** Without the query. */
  readonly path: string;
  readonly method: string;
  /** Undefined for a path, a method or a content type that is not OTLP's. */
  readonly pipeline: Pipeline | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly contentType: string | undefined;
  readonly contentEncoding: string | undefined;
  /** The length of the body on the wire. */
  readonly bytes: number;
  /** The body after decompression. */
  readonly body: Buffer;
  /** The status it was or will be answered with; undefined when it gets no whole answer. */
  readonly status: number | undefined;
}

/** What one request carries: of the three lists two are empty. */
export interface Load {
  readonly spans: readonly Span[];
  readonly metrics: readonly Metric[];
  readonly logs: readonly LogRecord[];
}

/** What arrived, in its order. */
export interface Store {
  spans(): readonly Span[];
  metrics(): readonly Metric[];
  logs(): readonly LogRecord[];
  requests(): readonly ReceivedRequest[];
  addRequest(request: ReceivedRequest): void;
  /** Keeps what a request brought, and tells whoever listens. */
  take(load: Load): void;
  clear(): void;
  /** Hears of every load that is not empty. */
  onLoad(listener: (load: Load) => void): Disposable;
  /** Hears of every request and every load. */
  onChange(listener: () => void): Disposable;
}

interface Kept<Item> {
  items(): readonly Item[];
  add(items: readonly Item[]): void;
  clear(): void;
}

function keepLast<Item>(most: number): Kept<Item> {
  let kept: Item[] = [];
  return {
    items: () => [...kept],
    add(items) {
      for (const item of items) kept.push(item);
      if (kept.length > most) kept = kept.slice(-most);
    },
    clear() {
      kept = [];
    },
  };
}

/** A store that keeps the last `keep` of each. */
export function createStore(keep: number): Store {
  const spans = keepLast<Span>(keep);
  const metrics = keepLast<Metric>(keep);
  const logs = keepLast<LogRecord>(keep);
  const requests = keepLast<ReceivedRequest>(keep);
  const changed = createListeners();
  const loaded = createListeners();
  let latest: Load;
  return {
    spans: spans.items,
    metrics: metrics.items,
    logs: logs.items,
    requests: requests.items,
    addRequest(request) {
      requests.add([request]);
      changed.tell();
    },
    take(load) {
      if (load.spans.length + load.metrics.length + load.logs.length === 0) return;
      spans.add(load.spans);
      metrics.add(load.metrics);
      logs.add(load.logs);
      latest = load;
      loaded.tell();
      changed.tell();
    },
    clear() {
      for (const kept of [spans, metrics, logs, requests]) kept.clear();
    },
    onLoad: (listener) => loaded.add(() => listener(latest)),
    onChange: (listener) => changed.add(listener),
  };
}
