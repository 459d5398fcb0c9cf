import type { Meter } from "@opentelemetry/api";
import type { Health } from "@seaworthy/health";
import { type Lifecycle, messageOf } from "@seaworthy/lifecycle";
import type { Attached } from "./attached.ts";
import { tell } from "./channels.ts";
import { observeContainer } from "./metrics/container.ts";
import { observeDrain } from "./metrics/drain.ts";
import { observeHealth } from "./metrics/health.ts";
import { observeHeapLimit } from "./metrics/heap-limit.ts";
import { observePhase } from "./metrics/phase.ts";
import { observeProcess } from "./metrics/process.ts";
import { observeRuntime } from "./metrics/runtime.ts";

/** Observes what Seaworthy alone knows of a service: phase, probes, checks, drain. */
export function observeService(meter: Meter, lifecycle: Lifecycle, health: Health | undefined, to: Attached): void {
  to.add(observePhase({ meter, lifecycle }));
  to.add(observeDrain({ meter, lifecycle }));
  if (health) to.add(observeHealth({ meter, health }));
}

/** What {@link observeSurroundings} takes. */
export interface SurroundingsOptions {
  /** The longest interval of any reader, in milliseconds. */
  readonly windowMs: number;
  /** Whether Node and V8 are observed, beside the process and its container. */
  readonly runtime: boolean;
}

/**
 * Observes what it runs in; gauges over a time cover the longest interval of any reader. It begins with the next turn of
 * the loop: what a service does until it listens is neither slowed by it nor taken for a stall.
 */
export function observeSurroundings(
  meter: Meter,
  { clock }: Lifecycle,
  { windowMs, runtime }: SurroundingsOptions,
  to: Attached,
): void {
  const begin = (): void => {
    try {
      if (runtime) {
        to.add(observeRuntime({ meter, clock, windowMs }));
        to.add(observeHeapLimit(meter));
      }
      to.add(observeProcess({ meter, clock, windowMs }));
      to.add(observeContainer({ meter }));
    } catch (error) {
      const message = `The process is not observed, and has no metrics of its own: ${messageOf(error)}`;
      tell({ level: "warn", code: "start", message });
    }
  };
  to.add(clock.after(0, begin));
}
