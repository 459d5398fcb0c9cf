import type { Clock } from "@seaworthy/lifecycle";
import type { LogRecord } from "../otlp/logs.ts";
import type { Span } from "../otlp/spans.ts";
import type { Trace } from "./trace-tree.ts";

/** How long a trace is waited for. */
export interface Patience {
  /** Once its root is here: for what the same process sends beside it, such as its log records. */
  readonly settleMs: number;
  /** While its root is missing. */
  readonly patienceMs: number;
}

/** Puts together what belongs to one trace, whatever the order in which it comes. */
export interface Gatherer {
  addSpans(spans: readonly Span[]): void;
  /** The records must have a trace id. */
  addLogs(logs: readonly LogRecord[]): void;
  /** Gives out everything that still waits. */
  flush(): void;
}

interface Waiting {
  readonly spans: Span[];
  readonly logs: LogRecord[];
  dueAt: number;
  timer: Disposable | undefined;
}

/** How many traces are remembered as given out, so that what comes late waits no longer than it must. */
const mostRemembered = 1_000;

/** Calls `give` once for each trace: again only where more of it comes later. */
export function createGatherer(
  clock: Clock,
  { settleMs, patienceMs }: Patience,
  give: (trace: Trace) => void,
): Gatherer {
  const waiting = new Map<string, Waiting>();
  const given = new Set<string>();

  const giveOut = (traceId: string): void => {
    const trace = waiting.get(traceId);
    if (!trace) return;
    trace.timer?.[Symbol.dispose]();
    waiting.delete(traceId);
    const continued = given.has(traceId);
    given.add(traceId);
    for (const oldest of given) {
      if (given.size <= mostRemembered) break;
      given.delete(oldest);
    }
    give({ traceId, spans: trace.spans, logs: trace.logs, continued });
  };

  const waitFor = (traceId: string): number => {
    const spans = waiting.get(traceId)?.spans ?? [];
    if (given.has(traceId) || spans.some(({ parentSpanId }) => parentSpanId === undefined)) return settleMs;
    // The process that has the root may be sending to us as well, at its own pace.
    if (spans.some(({ parentIsRemote }) => parentIsRemote)) return Math.min(4 * settleMs, patienceMs);
    return patienceMs;
  };

  const add = (traceId: string, put: (trace: Waiting) => void): void => {
    const trace = waiting.get(traceId) ?? { spans: [], logs: [], dueAt: Number.POSITIVE_INFINITY, timer: undefined };
    waiting.set(traceId, trace);
    put(trace);
    const waitMs = waitFor(traceId);
    // Only ever sooner: a trace that goes on and on is given out in parts.
    if (clock.now() + waitMs >= trace.dueAt) return;
    trace.timer?.[Symbol.dispose]();
    trace.dueAt = clock.now() + waitMs;
    trace.timer = clock.after(waitMs, () => giveOut(traceId));
  };

  return {
    addSpans(spans) {
      for (const span of spans) add(span.traceId, (trace) => trace.spans.push(span));
    },
    addLogs(logs) {
      for (const log of logs) if (log.traceId !== undefined) add(log.traceId, (trace) => trace.logs.push(log));
    },
    flush() {
      for (const traceId of waiting.keys()) giveOut(traceId);
    },
  };
}
