import { type EventLoopUtilization, performance } from "node:perf_hooks";
import type { Check } from "../check.ts";
import { optionsOf, ratioOption } from "./option.ts";
import { percentText } from "./units.ts";

/** What {@link eventLoopUtilization} takes. */
export interface EventLoopUtilizationOptions {
  /** The highest utilization that passes: above 0, at most 1, where 1 is a loop that never waited. */
  readonly max: number;
}

/**
 * Fails when the event loop was busy for too large a share of the time since the previous run. The first run takes the
 * starting point and passes. Measured by `performance.eventLoopUtilization`.
 *
 * @throws `ERR_SEAWORTHY_OPTION` for an option of the wrong type or range.
 */
export function eventLoopUtilization(options: EventLoopUtilizationOptions): Check {
  const max = ratioOption("max", optionsOf("eventLoopUtilization", options).max);
  let previous: EventLoopUtilization | undefined;

  return () => {
    const now = performance.eventLoopUtilization();
    const since = previous && performance.eventLoopUtilization(now, previous);
    previous = now;
    if (!since || !(since.utilization > max)) return;
    throw new Error(`Event loop utilization is ${percentText(since.utilization)}, limit ${percentText(max)}`);
  };
}
