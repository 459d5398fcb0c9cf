import type { Lifecycle } from "./lifecycle.ts";
import type { StopReason } from "./reason.ts";

/** The reason of a stop that began because the event loop had run empty. */
export const naturalEnd: StopReason = { kind: "request", by: "nothing left to do" };

/**
 * When nothing is left to do, runs the stop hooks before the process ends by itself; when someone else calls
 * `process.exit` in the middle of a stop, says what that cost.
 */
export function bindNaturalEnd(lifecycle: Lifecycle): Disposable {
  const onBeforeExit = (): void => void lifecycle.stop(naturalEnd);

  const onExit = (exitCode: number): void => {
    const { phase, inFlight } = lifecycle;
    if (phase !== "draining" && phase !== "stopping") return;
    lifecycle.publish("notice", {
      code: "foreign-exit",
      message:
        `Something called process.exit(${exitCode}) while ${phase}, with ${inFlight.count()} in flight: the stop was ` +
        "cut short. Remove the call; the process exits by itself when the stop is over.",
    });
  };

  process.on("beforeExit", onBeforeExit);
  process.on("exit", onExit);
  return {
    [Symbol.dispose]() {
      process.off("beforeExit", onBeforeExit);
      process.off("exit", onExit);
    },
  };
}
