import type { DrainWindowOptions } from "./drain-window.ts";
import { type OwnedDeadline, startDeadline } from "./deadline.ts";
import type { ResolvedLifecycleOptions } from "./options.ts";

/**
 * One deadline, and the slices cut from it. All run from the moment the stop begins:
 *
 * ```
 * T0        window      drain                         release     deadline    grace period
 * ├── routes move ──┼── work in hand finishes ──┼── cut work ──┼── stop hooks ──┼── exit ──┤
 *                                               │   lets go    │                │
 * ```
 */
export interface Budgets extends Disposable {
  readonly window: DrainWindowOptions;
  /** Work and drain hooks are told to give up. */
  readonly drain: OwnedDeadline;
  /** Work and drain hooks that did not give up are left behind. */
  readonly release: OwnedDeadline;
  /** The deadline: whatever still runs is left behind. */
  readonly whole: OwnedDeadline;
  /** Cuts all slices down, in proportion, to a stop that may take `totalMs` from now on. */
  shorten(totalMs: number): void;
  /** Notices deadlines that passed while the loop was starved of CPU. */
  check(): void;
}

/** Work that was told to give up has a quarter of the stop tail, at most this long, to hand back what it holds. */
const longestReleaseMs = 1_000;

/** Cuts a stop of `totalMs` into slices with the proportions of the options. */
export function startBudgets(options: ResolvedLifecycleOptions, totalMs: number): Budgets {
  const { clock, drainWindow, stopTailMs, gracePeriodMs, exitReserveMs } = options;
  const longestMs = Math.max(1, gracePeriodMs - exitReserveMs);
  const slices = (ms: number): { window: DrainWindowOptions; drainMs: number; releaseMs: number } => {
    const ratio = Math.min(1, ms / longestMs);
    const tailMs = stopTailMs * ratio;
    return {
      window: {
        minMs: drainWindow.minMs * ratio,
        maxMs: drainWindow.maxMs * ratio,
        quietMs: drainWindow.quietMs * ratio,
      },
      drainMs: ms - tailMs,
      releaseMs: ms - tailMs + Math.min(longestReleaseMs, tailMs / 4),
    };
  };

  const first = slices(totalMs);
  const drain = startDeadline(clock, first.drainMs);
  const release = startDeadline(clock, first.releaseMs);
  const whole = startDeadline(clock, totalMs);
  const all: readonly OwnedDeadline[] = [drain, release, whole];

  return {
    window: first.window,
    drain,
    release,
    whole,
    shorten(ms) {
      const next = slices(ms);
      Object.assign(first.window, next.window);
      drain.shorten(next.drainMs);
      release.shorten(next.releaseMs);
      whole.shorten(ms);
    },
    check: () => all.forEach((deadline) => deadline.check()),
    [Symbol.dispose]: () => all.forEach((deadline) => deadline[Symbol.dispose]()),
  };
}
