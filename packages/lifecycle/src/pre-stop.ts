import type { Publish } from "./channels.ts";
import type { DrainWindow } from "./drain-window.ts";
import type { Leave } from "./leave.ts";
import type { ResolvedLifecycleOptions } from "./options.ts";
import { whenAborted } from "./until.ts";

/*
 * The drain window of a preStop hook. The kubelet calls the hook, waits for its end and only then sends SIGTERM, so the
 * window can run before the stop begins:
 *
 * T0                      leaving   readiness fails (by default), every response says Connection: close
 * T0 + drain window       over      the hook returns; the kubelet sends SIGTERM, and the stop goes on from here
 * and no OS signal came   called off, or not, by option: it was no kubelet that asked
 *
 * The kubelet sends SIGTERM as soon as the hook has returned. One that comes later belongs to another story: whoever
 * called the hook was not the kubelet, and routes may lead here still. Such a stop has a window of its own.
 *
 * The phase stays `started` and `intake` does not abort: both are final, and this may be called off.
 */

/** What a service does when no stop follows the window of its preStop hook. */
export type WithoutStop = "return" | "stay";

/** How a preStop hook is taken. */
export interface PreStopOptions {
  /** How long after the window a stop may be awaited, in milliseconds. Default: the grace period. */
  readonly stopWithinMs: number;
  /** What to do when none came: `return` to service, or `stay` out of it. Default `return`. */
  readonly withoutStop: WithoutStop;
}

/** The preStop window of one life. */
export interface PreStop {
  /** Opens the window, or joins the one there is; resolves when it is over. */
  run(): Promise<void>;
  /** The end of the window that a stop can build on, where there is one: opened, not called off, not long over. */
  whenOver(): Promise<void> | undefined;
  /** How much of the grace period has gone since the hook was called: the kubelet does not give it back. */
  spentMs(): number;
}

/** What a preStop window works on. */
export interface PreStopParts {
  readonly options: ResolvedLifecycleOptions;
  readonly window: DrainWindow;
  readonly leave: Leave;
  readonly publish: Publish;
  /** Aborts when a stop begins. */
  readonly stopping: AbortSignal;
  /** Aborts when a stop goes on without waiting for the window. */
  readonly windowOver: AbortSignal;
}

/** How long after a window the kubelet may take for its SIGTERM, on a busy node, in milliseconds. */
const followsWithinMs = 5_000;

/** No hook has called yet. */
export function createPreStop({ options, window, leave, publish, stopping, windowOver }: PreStopParts): PreStop {
  const { clock, drainWindow, preStop } = options;
  let whenOver: Promise<void> | undefined;
  let overAt: number | undefined;
  let startedAt: number | undefined;
  let waiting: Disposable | undefined;
  whenAborted(stopping, () => waiting?.[Symbol.dispose]());

  const isLongOver = (): boolean => overAt !== undefined && clock.now() - overAt > followsWithinMs;
  const awaitStop = (): void => {
    waiting?.[Symbol.dispose]();
    if (!stopping.aborted) waiting = clock.after(preStop.stopWithinMs, onNoStop);
  };
  const onNoStop = (): void => {
    startedAt = undefined;
    const back = preStop.withoutStop === "return";
    if (back) {
      whenOver = undefined;
      overAt = undefined;
      leave.callOff();
    }
    publish("notice", {
      code: "prestop-unanswered",
      message:
        `No OS signal came within ${preStop.stopWithinMs / 1_000} s of the preStop window: ` +
        (back
          ? "the service takes traffic again. If the pod is being deleted, see why SIGTERM does not arrive."
          : "the service goes on leaving until it is stopped."),
    });
  };

  const open = async (): Promise<void> => {
    waiting?.[Symbol.dispose]();
    overAt = undefined;
    await window.pass(drainWindow, windowOver);
    overAt = clock.now();
    awaitStop();
  };

  return {
    run() {
      // A second hook that finds the window over counts anew: the first may have been nobody's that can kill.
      if (!whenOver || overAt !== undefined) startedAt = clock.now();
      if (whenOver && !isLongOver()) {
        if (overAt !== undefined) awaitStop();
        return whenOver;
      }
      leave.begin();
      publish("notice", { code: "prestop", message: "A preStop hook opened the drain window; SIGTERM is to follow." });
      whenOver = open();
      return whenOver;
    },
    whenOver: () => (isLongOver() ? undefined : whenOver),
    spentMs: () => (startedAt === undefined ? 0 : clock.now() - startedAt),
  };
}
