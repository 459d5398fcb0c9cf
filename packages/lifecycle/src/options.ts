import { type Clock, systemClock } from "./clock.ts";
import type { DrainWindowOptions } from "./drain-window.ts";
import { SeaworthyError, describe, optionError } from "./errors.ts";
import type { PreStopOptions, WithoutStop } from "./pre-stop.ts";

/** What `createLifecycle` takes. Every option has a default that is right on Kubernetes. */
export interface LifecycleOptions {
  /**
   * How long a stop may take in all, in milliseconds: the pod's `terminationGracePeriodSeconds`, less what a preStop
   * hook uses. Default 30 000, as Kubernetes.
   */
  readonly gracePeriodMs?: number;
  /** Kept back at the end of the grace period for writing what is buffered and for exiting. Default 1 000. */
  readonly exitReserveMs?: number;
  /** Kept back before that for the stop hooks, so that a slow drain cannot starve them. Default 5 000. */
  readonly stopTailMs?: number;
  /** How long a stop may take that a fatal error began. Default 5 000. */
  readonly fatalBudgetMs?: number;
  /** How long new connections are still served after readiness fails. */
  readonly drainWindow?: Partial<DrainWindowOptions>;
  /** What a preStop hook is followed by when it is not followed by a stop. */
  readonly preStop?: Partial<PreStopOptions>;
  /** Where time comes from. Default: the system's. */
  readonly clock?: Clock;
}

/** Options with every default in its place. */
export interface ResolvedLifecycleOptions extends Required<Omit<LifecycleOptions, "drainWindow" | "preStop">> {
  readonly drainWindow: DrainWindowOptions;
  readonly preStop: PreStopOptions;
}

/** The defaults of {@link LifecycleOptions}, for the default grace period. */
export const lifecycleDefaults = {
  gracePeriodMs: 30_000,
  exitReserveMs: 1_000,
  stopTailMs: 5_000,
  fatalBudgetMs: 5_000,
  drainWindow: { minMs: 1_000, maxMs: 15_000, quietMs: 1_000 },
  preStop: { stopWithinMs: 30_000, withoutStop: "return" },
} as const;

/**
 * Fills in the defaults, shrunk in proportion to a grace period that is shorter than the default one.
 *
 * @throws `ERR_SEAWORTHY_OPTION` for a value of the wrong type or range.
 * @throws `ERR_SEAWORTHY_BUDGET` when the parts are longer than the whole.
 */
export function resolveLifecycleOptions(options: LifecycleOptions = {}): ResolvedLifecycleOptions {
  const gracePeriodMs = duration("gracePeriodMs", options.gracePeriodMs, lifecycleDefaults.gracePeriodMs, 1);
  const shrink = Math.min(1, gracePeriodMs / lifecycleDefaults.gracePeriodMs);
  const { drainWindow = {}, preStop = {}, clock = systemClock } = options;
  assertObject("drainWindow", drainWindow, "Leave it out for the defaults, or give it minMs, maxMs or quietMs.");
  assertObject("preStop", preStop, "Leave it out for the defaults, or give it stopWithinMs or withoutStop.");
  assertObject("clock", clock, "Leave it out for the system's.");
  const maxMs = duration("drainWindow.maxMs", drainWindow.maxMs, lifecycleDefaults.drainWindow.maxMs * shrink);
  const minDefaultMs = Math.min(maxMs, lifecycleDefaults.drainWindow.minMs * shrink);

  const resolved: ResolvedLifecycleOptions = {
    gracePeriodMs,
    exitReserveMs: duration("exitReserveMs", options.exitReserveMs, lifecycleDefaults.exitReserveMs * shrink),
    stopTailMs: duration("stopTailMs", options.stopTailMs, lifecycleDefaults.stopTailMs * shrink),
    fatalBudgetMs: duration("fatalBudgetMs", options.fatalBudgetMs, lifecycleDefaults.fatalBudgetMs * shrink, 1),
    drainWindow: {
      minMs: duration("drainWindow.minMs", drainWindow.minMs, minDefaultMs),
      maxMs,
      quietMs: duration("drainWindow.quietMs", drainWindow.quietMs, lifecycleDefaults.drainWindow.quietMs * shrink),
    },
    preStop: {
      stopWithinMs: duration("preStop.stopWithinMs", preStop.stopWithinMs, gracePeriodMs),
      withoutStop: resolveWithoutStop(preStop.withoutStop),
    },
    clock,
  };
  assertFits(resolved);
  return resolved;
}

/** Reads a duration option. @throws `ERR_SEAWORTHY_OPTION` unless it is a finite number of at least `leastMs`. */
export function duration(name: string, value: unknown, defaultMs: number, leastMs = 0): number {
  if (value === undefined) return defaultMs;
  if (typeof value === "number" && Number.isFinite(value) && value >= leastMs) return value;
  throw new SeaworthyError("ERR_SEAWORTHY_OPTION", {
    expected: `the \`${name}\` option to be a number of milliseconds, at least ${leastMs}`,
    got: describe(value),
    fix: `Leave it out for the default, ${defaultMs}.`,
  });
}

/** Reads an option that is on or off. @throws `ERR_SEAWORTHY_OPTION` */
export function flag(name: string, value: unknown, defaultValue: boolean): boolean {
  if (value === undefined) return defaultValue;
  if (typeof value === "boolean") return value;
  throw new SeaworthyError("ERR_SEAWORTHY_OPTION", {
    expected: `the \`${name}\` option to be true or false`,
    got: describe(value),
    fix: `Leave it out for ${defaultValue}.`,
  });
}

function resolveWithoutStop(value: WithoutStop | undefined): WithoutStop {
  const { withoutStop } = lifecycleDefaults.preStop;
  if (value === undefined || value === "return" || value === "stay") return value ?? withoutStop;
  throw optionError("preStop.withoutStop", '"return" or "stay"', value, `Leave it out for ${withoutStop}.`);
}

function assertObject(name: string, value: unknown, fix: string): void {
  if (typeof value === "object" && value !== null) return;
  throw new SeaworthyError("ERR_SEAWORTHY_OPTION", {
    expected: `the \`${name}\` option to be an object`,
    got: describe(value),
    fix,
  });
}

function assertFits({
  gracePeriodMs,
  exitReserveMs,
  stopTailMs,
  fatalBudgetMs,
  drainWindow: { minMs, maxMs },
}: ResolvedLifecycleOptions): void {
  const partsMs = maxMs + stopTailMs + exitReserveMs;
  if (partsMs > gracePeriodMs) {
    throw new SeaworthyError("ERR_SEAWORTHY_BUDGET", {
      expected: `drainWindow.maxMs + stopTailMs + exitReserveMs to fit in gracePeriodMs, ${gracePeriodMs}`,
      got: `${maxMs} + ${stopTailMs} + ${exitReserveMs} = ${partsMs}`,
      fix:
        "Shorten one of the three, or lengthen the pod's terminationGracePeriodSeconds and tell us by gracePeriodMs " +
        "(environment: SEAWORTHY_GRACE_PERIOD_SECONDS).",
    });
  }
  if (minMs > maxMs) {
    throw new SeaworthyError("ERR_SEAWORTHY_BUDGET", {
      expected: `drainWindow.minMs to be at most drainWindow.maxMs, ${maxMs}`,
      got: `${minMs}`,
      fix: "Lower the minimum or raise the maximum.",
    });
  }
  if (fatalBudgetMs > gracePeriodMs) {
    throw new SeaworthyError("ERR_SEAWORTHY_BUDGET", {
      expected: `fatalBudgetMs to be at most gracePeriodMs, ${gracePeriodMs}`,
      got: `${fatalBudgetMs}`,
      fix: "Lower it: a stop after a fatal error should be the shorter one.",
    });
  }
}
