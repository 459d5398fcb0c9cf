import type { Meter } from "@opentelemetry/api";
import type { Lifecycle, Phase } from "@seaworthy/lifecycle";
import { observeBatch } from "./observe-batch.ts";

/** Every phase, in order. */
const phases: readonly Phase[] = ["starting", "started", "draining", "stopping", "stopped"];

/** What {@link observePhase} takes. */
export interface ObservePhaseOptions {
  readonly meter: Meter;
  readonly lifecycle: Pick<Lifecycle, "phase">;
}

/**
 * Observes where the process is in its life: `seaworthy.lifecycle.phase`, 1 for the phase it is in and 0 for every
 * other, by `seaworthy.lifecycle.phase`.
 */
export function observePhase({ meter, lifecycle }: ObservePhaseOptions): Disposable {
  const phase = meter.createObservableUpDownCounter("seaworthy.lifecycle.phase", {
    unit: "1",
    description: "Where the process is in its life: 1 for the phase it is in, 0 for every other.",
  });
  const attributes = phases.map((name) => ({ "seaworthy.lifecycle.phase": name }));
  return observeBatch(meter, [phase], (result) => {
    const current = lifecycle.phase;
    for (const each of attributes) {
      result.observe(phase, each["seaworthy.lifecycle.phase"] === current ? 1 : 0, each);
    }
  });
}
