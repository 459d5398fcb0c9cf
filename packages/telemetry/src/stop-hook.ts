import { type Lifecycle, messageOf } from "@seaworthy/lifecycle";
import { type Flushables, describeDeliveries, flush } from "./pipelines/flush.ts";

/** What the flush at the end of a life needs. */
export interface FlushAtStop {
  readonly flushables: Flushables;
  /** How long it may take, in milliseconds. */
  readonly flushBudgetMs: number;
  /** Whether the books say what was sent. Default true. */
  readonly isCounted?: boolean;
}

/**
 * Has the pipelines flushed when all else has stopped: the hook that registers first runs last. What becomes of it is
 * told in the report and never changes the exit code.
 */
export function flushAtStop(lifecycle: Lifecycle, options: FlushAtStop): Disposable {
  const { flushables, flushBudgetMs, isCounted = true } = options;
  const { clock, onStop } = lifecycle;
  return onStop(
    "telemetry",
    async ({ signal, deadline, note }) => {
      try {
        // A hook that settles after its signal has aborted is late: it leaves itself the time to say what was lost.
        const budgetMs = Math.min(flushBudgetMs, Math.max(0, deadline.remainingMs() - reserveMs));
        const deliveries = await flush(flushables, { clock, budgetMs, signal });
        const told = describeDeliveries(deliveries);
        if (told !== "" && isCounted) note(told);
      } catch (error) {
        note(`the flush failed: ${messageOf(error)}`);
      }
    },
    { essential: false },
  );
}

/** What is kept back of the deadline for the report. */
const reserveMs = 50;
