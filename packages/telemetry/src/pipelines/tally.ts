/** What telemetry is made of. OpenTelemetry calls them signals. */
export type PipelineName = "traces" | "metrics" | "logs";

export const pipelineNames: readonly PipelineName[] = ["traces", "metrics", "logs"];

/** What one item of each pipeline is called. */
export const itemNames: Readonly<Record<PipelineName, string>> = {
  traces: "span",
  metrics: "data point",
  logs: "log record",
};

/** What became of the items of one pipeline so far. */
export interface PipelineCounts {
  /** Handed to the pipeline: sampled spans, log records. Data points are made when they are exported. */
  readonly accepted: number;
  /** Acknowledged by the other side. */
  readonly sent: number;
  /** Given up: refused for good, rejected, or not taken in time. */
  readonly failed: number;
  /** Never exported, because the queue was full. */
  readonly dropped: number;
  /** Handed to the exporter, whose answer is still to come. */
  readonly exporting: number;
}

/** The books of one pipeline. */
export interface Tally {
  counts(): PipelineCounts;
  /** Whether the last export that ended has failed. */
  isFailing(): boolean;
  accept(items: number): void;
  drop(items: number): void;
  beginExport(items: number): void;
  endExport(items: number, sent: boolean): void;
  /** Gives up items of an export that cannot be encoded, which says nothing of the other side. */
  discard(items: number): void;
  /**
   * Says that the other side took an export, but not all of it: at most what it can have taken. The export itself is told
   * as sent, before or after. Gives how many that are.
   */
  reject(items: number): number;
  /** Resolves when no export is under way. */
  whenIdle(): Promise<void>;
}

/** Empty books. */
export function createTally(): Tally {
  const counts = { accepted: 0, sent: 0, failed: 0, dropped: 0, exporting: 0 };
  let failing = false;
  let waiting: PromiseWithResolvers<void> | undefined;
  const settle = (items: number): void => {
    counts.exporting -= items;
    if (counts.exporting > 0) return;
    waiting?.resolve();
    waiting = undefined;
  };
  return {
    counts: () => ({ ...counts }),
    isFailing: () => failing,
    accept(items) {
      counts.accepted += items;
    },
    drop(items) {
      counts.dropped += items;
    },
    beginExport(items) {
      counts.exporting += items;
    },
    endExport(items, sent) {
      failing = !sent;
      if (sent) counts.sent += items;
      else counts.failed += items;
      settle(items);
    },
    discard(items) {
      counts.failed += items;
      settle(items);
    },
    reject(items) {
      const rejected = Math.min(items, counts.exporting > 0 ? counts.exporting : counts.sent);
      counts.sent -= rejected;
      counts.failed += rejected;
      return rejected;
    },
    whenIdle() {
      if (counts.exporting === 0) return Promise.resolve();
      waiting ??= Promise.withResolvers<void>();
      return waiting.promise;
    },
  };
}
