import { type Clock, messageOf } from "@seaworthy/lifecycle";
import type { ResolvedStateOptions } from "./check-options.ts";
import type { CheckSnapshot, CheckStatus } from "./snapshot.ts";

/** One result of a check. */
export type Observation =
  | { readonly result: "pass"; readonly durationMs?: number }
  | { readonly result: "fail"; readonly error: unknown; readonly durationMs?: number };

/** What is remembered of a check. */
export interface CheckState {
  /** Takes a result in and says the statuses before and after. */
  observe(observation: Observation): { readonly from: CheckStatus; readonly to: CheckStatus };
  snapshot(): CheckSnapshot;
}

/** Starts as `unknown`. */
export function createCheckState(name: string, options: ResolvedStateOptions, clock: Clock): CheckState {
  const { gates, failAfter, passAfter, staleAfterMs, livenessGraceMs } = options;
  const registeredAt = clock.now();
  let status: CheckStatus = "unknown";
  let everPassed = false;
  let inARow = 0;
  let last: (Observation & { readonly at: number; readonly observedAt: number }) | undefined;
  let reason: string | undefined;

  const needed = (result: "pass" | "fail"): number => {
    if (result === "fail") return failAfter;
    return status === "unknown" ? 1 : passAfter;
  };

  return {
    observe(observation) {
      const from = status;
      inARow = last?.result === observation.result ? inARow + 1 : 1;
      last = { ...observation, at: clock.now(), observedAt: Date.now() };
      if (inARow >= needed(observation.result)) status = observation.result;
      everPassed ||= status === "pass";
      if (observation.result === "fail") reason = messageOf(observation.error);
      else if (status === "pass") reason = undefined;
      return { from, to: status };
    },
    snapshot: () => ({
      name,
      gates,
      status,
      everPassed,
      stale: last !== undefined && clock.now() - last.at > staleAfterMs,
      inLivenessGrace: clock.now() - registeredAt < livenessGraceMs,
      ...(last && { observedAt: last.observedAt }),
      ...(last?.durationMs !== undefined && { durationMs: last.durationMs }),
      ...(reason !== undefined && { reason }),
    }),
  };
}
