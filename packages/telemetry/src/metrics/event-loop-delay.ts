import { type IntervalHistogram, monitorEventLoopDelay } from "node:perf_hooks";
import type { Meter, ObservableGauge } from "@opentelemetry/api";
import type { Clock } from "@seaworthy/lifecycle";
import { observeBatch } from "./observe-batch.ts";
import { createRollingWindow } from "./rolling-window.ts";
import { together } from "./together.ts";

/** How often the loop is sampled, in milliseconds. */
const resolutionMs = 20;

/**
 * Observes how late the event loop is: `nodejs.eventloop.delay.min`, `.max`, `.mean`, `.stddev`, `.p50`, `.p90` and
 * `.p99`, in seconds, over the last one to two windows.
 *
 * The sampling resolution is taken out, so an idle loop reads about 0 (open-telemetry/opentelemetry-js-contrib#2794).
 * Percentiles are those of the samples, as the conventions have them: a stall of any length is one sample, so a single
 * one shows in `max` only.
 */
export function observeEventLoopDelay(meter: Meter, clock: Clock, windowMs: number): Disposable {
  const gauge = (name: string, what: string): ObservableGauge =>
    meter.createObservableGauge(`nodejs.eventloop.delay.${name}`, { unit: "s", description: `Event loop ${what}.` });
  const min = gauge("min", "minimum delay");
  const max = gauge("max", "maximum delay");
  const mean = gauge("mean", "mean delay");
  const stddev = gauge("stddev", "standard deviation delay");
  const p50 = gauge("p50", "50 percentile delay");
  const p90 = gauge("p90", "90 percentile delay");
  const p99 = gauge("p99", "99 percentile delay");

  const histograms = new Set<IntervalHistogram>();
  const window = createRollingWindow(clock, windowMs, (past?: IntervalHistogram) => {
    if (past) {
      past.reset();
      return past;
    }
    const histogram = monitorEventLoopDelay({ resolution: resolutionMs });
    histogram.enable();
    histograms.add(histogram);
    return histogram;
  });

  const observing = observeBatch(meter, [min, max, mean, stddev, p50, p90, p99], (result) => {
    const delay = window.oldest;
    if (delay.count === 0) return;
    result.observe(min, lateSeconds(delay.min));
    result.observe(max, lateSeconds(delay.max));
    result.observe(mean, lateSeconds(delay.mean));
    result.observe(stddev, delay.stddev / 1e9);
    result.observe(p50, lateSeconds(delay.percentile(50)));
    result.observe(p90, lateSeconds(delay.percentile(90)));
    result.observe(p99, lateSeconds(delay.percentile(99)));
  });
  const sampling: Disposable = {
    [Symbol.dispose]() {
      for (const histogram of histograms) histogram.disable();
    },
  };
  return together(sampling, window, observing);
}

/** What is measured is the time between two samples, in nanoseconds. */
const lateSeconds = (ns: number): number => Math.max(0, ns / 1e6 - resolutionMs) / 1e3;
