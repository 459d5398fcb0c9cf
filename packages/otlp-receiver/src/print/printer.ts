import { type Clock, systemClock } from "@seaworthy/lifecycle";
import type { LogRecord } from "../otlp/logs.ts";
import type { Receiver } from "../receiver.ts";
import { createGatherer } from "./gather.ts";
import { logLine } from "./log-line.ts";
import { createMetricLines } from "./metric-lines.ts";
import { colourful, plain } from "./paint.ts";
import { beside, serviceOf } from "./text.ts";
import { type Trace, traceLines } from "./trace-tree.ts";

/** How arrivals are printed. */
export interface PrintOptions {
  /** Whether to use the colours of a terminal. Default: false. */
  readonly colour?: boolean;
  /** Whether metrics of the runtime and the container are printed too, and not just counted once. Default: false. */
  readonly runtimeMetrics?: boolean;
  /** How long the rest of a trace is waited for once its root has arrived. Default 250. */
  readonly settleMs?: number;
  /**
   * How long a trace without a root, and a log record without its trace, is waited for. Default 6,000: longer than
   * the 5 seconds for which the SDK holds spans back.
   */
  readonly patienceMs?: number;
  /** Default: the process's own. */
  readonly clock?: Clock;
}

/** The default of every option of {@link printTo} that is not a clock. */
export const printDefaults: Readonly<Required<Omit<PrintOptions, "clock">>> = {
  colour: false,
  runtimeMetrics: false,
  settleMs: 250,
  patienceMs: 6_000,
};

/**
 * Prints what arrives from now on: traces as trees with their log records inside, other log records, and the metrics
 * that changed. `write` gets whole lines. Disposing prints what still waits.
 */
export function printTo(receiver: Receiver, write: (text: string) => void, options: PrintOptions = {}): Disposable {
  const { colour, runtimeMetrics, clock, ...patience } = { ...printDefaults, clock: systemClock, ...options };
  const paint = colour ? colourful : plain;
  let afterTree: boolean | undefined;
  const print = (lines: readonly string[], isTree = false): void => {
    if (lines.length === 0) return;
    // A tree stands alone, with an empty line on either side.
    const gap = afterTree !== undefined && (isTree || afterTree) ? "\n" : "";
    write(`${gap}${lines.join("\n")}\n`);
    afterTree = isTree;
  };
  const lonelyLine = (log: LogRecord): string => {
    const trace = log.traceId === undefined ? "" : paint.faint(`trace=${log.traceId}`);
    return beside("log", serviceOf(log), logLine(log, paint), trace);
  };
  const printTrace = (trace: Trace): void => {
    const lonely = trace.spans.length === 0 && !trace.continued;
    if (lonely) print(trace.logs.map(lonelyLine));
    else print(traceLines(trace, paint), true);
  };

  const gatherer = createGatherer(clock, patience, printTrace);
  const metricLines = createMetricLines(runtimeMetrics);
  const listening = [
    receiver.onSpans(gatherer.addSpans),
    receiver.onLogs((logs) => {
      gatherer.addLogs(logs.filter(hasTrace));
      print(logs.filter((log) => !hasTrace(log)).map(lonelyLine));
    }),
    receiver.onMetrics((metrics) => print(metricLines.of(metrics))),
  ];
  return {
    [Symbol.dispose]() {
      for (const one of listening) one[Symbol.dispose]();
      gatherer.flush();
    },
  };
}

/** A trace that is not sampled never comes. */
function hasTrace({ traceId, flags }: LogRecord): boolean {
  const sampled = (flags & 1) !== 0;
  return traceId !== undefined && sampled;
}
