import { performance } from "node:perf_hooks";
import type { Meter } from "@opentelemetry/api";
import type { Clock } from "@seaworthy/lifecycle";
import { observeBatch } from "./observe-batch.ts";
import { createRollingWindow } from "./rolling-window.ts";
import { together } from "./together.ts";

/**
 * Observes how busy the event loop is: `nodejs.eventloop.time`, seconds by `nodejs.eventloop.state` (`active`, `idle`)
 * since the start, and `nodejs.eventloop.utilization`, the share that was active over the last one to two windows.
 * For another span of time take the rate of the former.
 */
export function observeEventLoopUtilization(meter: Meter, clock: Clock, windowMs: number): Disposable {
  const time = meter.createObservableCounter("nodejs.eventloop.time", {
    unit: "s",
    description: "Cumulative duration of time the event loop has been in each state.",
  });
  const utilization = meter.createObservableGauge("nodejs.eventloop.utilization", {
    unit: "1",
    description: "Event loop utilization.",
  });
  const window = createRollingWindow(clock, windowMs, () => performance.eventLoopUtilization());
  const observing = observeBatch(meter, [time, utilization], (result) => {
    const now = performance.eventLoopUtilization();
    result.observe(time, now.active / 1e3, { "nodejs.eventloop.state": "active" });
    result.observe(time, now.idle / 1e3, { "nodejs.eventloop.state": "idle" });
    const since = performance.eventLoopUtilization(now, window.oldest);
    if (since.active + since.idle > 0) result.observe(utilization, since.utilization);
  });
  return together(window, observing);
}
