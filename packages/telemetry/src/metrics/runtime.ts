import type { Meter } from "@opentelemetry/api";
import type { Clock } from "@seaworthy/lifecycle";
import { observeEventLoopDelay } from "./event-loop-delay.ts";
import { observeEventLoopUtilization } from "./event-loop-utilization.ts";
import { observeGc } from "./gc.ts";
import { observeHeapSpaces } from "./heap-spaces.ts";
import { defaultWindowMs } from "./rolling-window.ts";
import { together } from "./together.ts";

/** What {@link observeRuntime} takes. */
export interface ObserveRuntimeOptions {
  readonly meter: Meter;
  readonly clock: Clock;
  /**
   * The longest interval of any reader, in milliseconds: gauges that speak of a time speak of at least this one, so
   * that every reader hears of every stall. Default 60 000.
   */
  readonly windowMs?: number;
}

/** Observes Node and V8: event loop, garbage collection and heap, named by the semantic conventions. */
export function observeRuntime({ meter, clock, windowMs = defaultWindowMs }: ObserveRuntimeOptions): Disposable {
  return together(
    observeEventLoopDelay(meter, clock, windowMs),
    observeEventLoopUtilization(meter, clock, windowMs),
    observeGc(meter),
    observeHeapSpaces(meter),
  );
}
