import type { Meter } from "@opentelemetry/api";
import { type Clock, type Lifecycle, whenAborted } from "@seaworthy/lifecycle";
import { observeBatch } from "./observe-batch.ts";
import { together } from "./together.ts";

/** What of a life is observed. `ended` is how many pieces of work have ended so far. */
export interface DrainingLife extends Pick<Lifecycle, "intake" | "windowOver" | "work" | "phase" | "onChange"> {
  readonly clock: Pick<Clock, "now">;
  readonly inFlight: { count(): number; ended?(): number };
}

/** What {@link observeDrain} takes. */
export interface ObserveDrainOptions {
  readonly meter: Meter;
  readonly lifecycle: DrainingLife;
}

/**
 * Observes the work in hand and how a stop deals with it: `seaworthy.work.in_flight`, {work}, at all times; from the
 * start of a stop on `seaworthy.drain.work`, {work}, by `seaworthy.drain.outcome` (`finished` by itself, or `cut` when
 * the drain had no time left), and `seaworthy.drain.duration`, s so far, by `seaworthy.drain.step` (`window`, `drain`).
 * All is known before telemetry is flushed, which is the last thing that a stop does.
 */
export function observeDrain({ meter, lifecycle }: ObserveDrainOptions): Disposable {
  const inFlight = meter.createObservableUpDownCounter("seaworthy.work.in_flight", {
    unit: "{work}",
    description: "Pieces of work accepted and not yet finished, requests among them.",
  });
  const work = meter.createObservableCounter("seaworthy.drain.work", {
    unit: "{work}",
    description: "Work that was in flight during the drain, by how it ended.",
  });
  const duration = meter.createObservableGauge("seaworthy.drain.duration", {
    unit: "s",
    description: "How long each step of the drain took, so far.",
  });

  const { clock } = lifecycle;
  let endedBefore: number | undefined;
  let finished: number | undefined;
  let cut = 0;
  const at: { drain?: number; windowOver?: number; end?: number } = {};

  const ended = (): number | undefined => lifecycle.inFlight.ended?.();
  const finishedSoFar = (): number | undefined =>
    endedBefore === undefined ? undefined : (ended() ?? endedBefore) - endedBefore;
  const begin = (): void => {
    at.drain ??= clock.now();
    endedBefore ??= ended();
  };
  const closeWindow = (): void => void (at.windowOver ??= clock.now());
  const cutOff = (): void => {
    // It also aborts at the end of every stop, when nothing is cut that was not before.
    if (lifecycle.phase !== "draining") return;
    finished ??= finishedSoFar();
    cut = lifecycle.inFlight.count();
  };
  const lookForEnd = (): void => {
    if (at.end !== undefined || lifecycle.phase === "starting" || lifecycle.phase === "started") return;
    if (lifecycle.phase === "draining") return;
    at.end = clock.now();
    finished ??= finishedSoFar();
  };

  const observing = observeBatch(meter, [inFlight, work, duration], (result) => {
    result.observe(inFlight, lifecycle.inFlight.count());
    if (at.drain === undefined) return;
    const done = finished ?? finishedSoFar();
    if (done !== undefined) result.observe(work, done, { "seaworthy.drain.outcome": "finished" });
    result.observe(work, cut, { "seaworthy.drain.outcome": "cut" });
    const now = clock.now();
    const windowEnd = at.windowOver ?? now;
    result.observe(duration, (windowEnd - at.drain) / 1e3, { "seaworthy.drain.step": "window" });
    if (at.windowOver === undefined) return;
    result.observe(duration, ((at.end ?? now) - at.windowOver) / 1e3, { "seaworthy.drain.step": "drain" });
  });
  return together(
    observing,
    whenAborted(lifecycle.intake, begin),
    whenAborted(lifecycle.windowOver, closeWindow),
    whenAborted(lifecycle.work, cutOff),
    lifecycle.onChange(lookForEnd),
  );
}
