import { type Heartbeat, type Probe, type ProbeResult, probes } from "@seaworthy/health/answer";
import type { Stall } from "./probe-messages.ts";

/** Keeps the account of the stalls of another thread. */
export interface StallWatch {
  /** Looks at the heartbeat. */
  look(): Heartbeat;
  /** Takes note of an answer. */
  answered(result: ProbeResult): void;
}

/** Watches a heartbeat; `onEnd` hears of each stall that was long enough to fail a probe, once it is over. */
export function watchStalls(
  ageMs: () => number,
  limits: Omit<Heartbeat, "ageMs">,
  onEnd: (stall: Stall) => void,
): StallWatch {
  const none = (): Record<Probe, number> =>
    Object.fromEntries(probes.map((probe) => [probe, 0])) as Record<Probe, number>;
  let longestMs = 0;
  let failed = none();
  return {
    look() {
      const now = ageMs();
      if (now < longestMs && longestMs > limits.readinessLimitMs) {
        onEnd({ ageMs: longestMs, failed });
        failed = none();
      }
      longestMs = now;
      return { ageMs: now, ...limits };
    },
    answered({ probe, entries }) {
      if (entries.some(({ source, result }) => source === "heartbeat" && result === "fail")) failed[probe] += 1;
    },
  };
}
