import type { Clock } from "@seaworthy/lifecycle";
import { type PipelineCounts, type PipelineName, type Tally, itemNames } from "./tally.ts";

/** A pipeline, as far as its end is concerned. */
export interface Flushable {
  readonly tally: Tally;
  /** Sends what is queued, and takes no more; it has so many milliseconds. */
  shutdown(budgetMs: number): Promise<void>;
  /** Resolves when an export finds nobody at an endpoint that never answered: to wait any longer would be in vain. */
  whenHopeless?(): Promise<void>;
}

export type Flushables = Readonly<Partial<Record<PipelineName, Flushable>>>;

/** What was sent over a whole life, and what was lost. */
export interface Delivered {
  readonly sent: number;
  readonly lost: number;
}

export type Deliveries = Readonly<Partial<Record<PipelineName, Delivered>>>;

/** How long a flush may take. */
export interface FlushLimits {
  readonly clock: Clock;
  readonly budgetMs: number;
  readonly signal: AbortSignal;
}

/**
 * Stops every pipeline, which sends what is queued, and waits for the answers as long as the limits allow. It never
 * rejects: an exporter that fails has said so in the books.
 */
export async function flush(pipelines: Flushables, { clock, budgetMs, signal }: FlushLimits): Promise<Deliveries> {
  const { promise: spent, resolve } = Promise.withResolvers<void>();
  const onAbort = (): void => resolve();
  const timer = clock.after(budgetMs, resolve, { ref: true });
  signal.addEventListener("abort", onAbort);
  if (signal.aborted) resolve();

  const stop = async ({ tally, shutdown }: Flushable): Promise<void> => {
    // Fails as soon as one batch has failed; others may still be under way.
    await shutdown(budgetMs).catch(() => {});
    await tally.whenIdle();
  };
  const ends = Object.values(pipelines).map((pipeline) =>
    Promise.race([stop(pipeline), ...(pipeline.whenHopeless ? [pipeline.whenHopeless()] : [])]),
  );
  await Promise.race([Promise.all(ends), spent]);
  timer[Symbol.dispose]();
  signal.removeEventListener("abort", onAbort);
  return deliveriesOf(pipelines);
}

/** What has been delivered so far, as if this were the end. */
export const deliveriesOf = (pipelines: Flushables): Deliveries =>
  Object.fromEntries(Object.entries(pipelines).map(([name, { tally }]) => [name, deliveredOf(tally.counts())]));

const deliveredOf = ({ accepted, sent }: PipelineCounts): Delivered => ({ sent, lost: Math.max(0, accepted - sent) });

/** Tells it in one line, for the report. */
export function describeDeliveries(deliveries: Deliveries): string {
  const parts = Object.entries(deliveries) as [PipelineName, Delivered][];
  const told = parts.map(([name, { sent, lost }]) => {
    const items = `${sent} ${itemNames[name]}${sent === 1 ? "" : "s"} sent`;
    return lost > 0 ? `${items}, ${lost} lost` : items;
  });
  return told.join("; ");
}
