import { monitorEventLoopDelay } from "node:perf_hooks";
import { systemClock, optionError } from "@seaworthy/lifecycle";
import type { Check } from "../check.ts";
import { optionsOf } from "./option.ts";
import { delayOver } from "./delay-over.ts";
import { msText } from "./units.ts";

/** What {@link eventLoopDelay} takes. */
export interface EventLoopDelayOptions {
  /** The longest delay that passes, in milliseconds. */
  readonly maxMs: number;
  /** Which share of time must stay within `maxMs`, in percent: above 0, at most 100. Default 99. */
  readonly percentile?: number;
  /** How often the loop is sampled, in milliseconds, a whole number from 1 on. Default 20. */
  readonly resolutionMs?: number;
}

/**
 * Fails when timers fire too late because the event loop is busy. A delay is what a timer due at a random moment since
 * the previous run would have waited beyond its time; `percentile` is a share of *time*, so one long stall counts for
 * as long as it lasted. (Of a histogram's samples it is one in many: after a stall of 1.5 s in 3.5 s, the 99th
 * percentile of the samples still reads 5 ms.) With the default, stalls that add up to less than 1 % of the time
 * between two runs pass; 100 judges the single longest delay.
 *
 * The first run starts the sampling and passes. A stall that begins within `resolutionMs` after a run is not seen.
 * Disposing ends the sampling. Measured by `perf_hooks.monitorEventLoopDelay`, with the resolution subtracted.
 *
 * @throws `ERR_SEAWORTHY_OPTION` for an option of the wrong type or range.
 */
export function eventLoopDelay(options: EventLoopDelayOptions): Check {
  const { maxMs, percentile = 99, resolutionMs = 20 } = optionsOf("eventLoopDelay", options);
  assertDelayOptions({ maxMs, percentile, resolutionMs });
  let sampling: ReturnType<typeof monitorEventLoopDelay> | undefined;

  const check: Check = async () => {
    const sampled = sampling;
    if (!sampled) {
      sampling = monitorEventLoopDelay({ resolution: resolutionMs });
      sampling.enable();
      return;
    }
    // A sample that fell due during a stall may come after us in this turn of the loop, and a reset would lose it.
    await systemClock.turn();
    await systemClock.turn();
    const delayNs = delayOver(maxMs * 1e6, percentile, resolutionMs * 1e6, sampled);
    sampled.reset();
    if (delayNs === undefined) return;
    throw new Error(`Event loop delay (p${percentile}) is ${msText(delayNs / 1e6)}, limit ${msText(maxMs)}`);
  };
  check[Symbol.dispose] = () => {
    sampling?.disable();
    sampling = undefined;
  };
  return check;
}

function assertDelayOptions({ maxMs, percentile, resolutionMs }: Required<EventLoopDelayOptions>): void {
  if (!(Number.isFinite(maxMs) && maxMs > 0)) {
    throw optionError("maxMs", "a number of milliseconds above 0", maxMs, "Pass the longest delay you accept.");
  }
  if (!(Number.isFinite(percentile) && percentile > 0 && percentile <= 100)) {
    throw optionError(
      "percentile",
      "a number above 0 and at most 100",
      percentile,
      "Leave it out for the default, 99.",
    );
  }
  if (!(Number.isSafeInteger(resolutionMs) && resolutionMs >= 1)) {
    const expected = "a whole number of milliseconds, at least 1";
    throw optionError("resolutionMs", expected, resolutionMs, "Leave it out for the default, 20.");
  }
}
