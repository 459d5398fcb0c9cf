import { createEcho } from "./echo.ts";
import { lastWords } from "./exit.ts";
import type { Lifecycle } from "./lifecycle.ts";
import type { FatalOrigin, StopReason } from "./reason.ts";

/**
 * Turns `uncaughtException` and `unhandledRejection` into a stop with the fatal budget and exit code 1; a second one
 * ends it now. Where nobody listens, the error is shown on stderr, for Node no longer does. Disposing takes the
 * listeners off again.
 */
export function bindFatalErrors(lifecycle: Lifecycle, stopNow: (reason: StopReason) => void): FatalBinding {
  // One cause often rejects several promises: the others are told of, no more.
  const echo = createEcho(lifecycle.clock);
  let first = true;

  const listen = (origin: Exclude<FatalOrigin, "startup">): ((error: unknown) => void) => {
    const onFatal = (error: unknown): void => {
      if (!lifecycle.publish("fatal", { error, origin })) lastWords(error);
      const reason = { kind: "fatal", error, origin } as const;
      if (echo.repeats("fatal error")) return;
      if (first) void lifecycle.stop(reason);
      else stopNow(reason);
      first = false;
    };
    process.on(origin, onFatal);
    return onFatal;
  };

  const onException = listen("uncaughtException");
  const onRejection = listen("unhandledRejection");
  return {
    listeners: [onException, onRejection],
    [Symbol.dispose]() {
      process.off("uncaughtException", onException);
      process.off("unhandledRejection", onRejection);
      echo[Symbol.dispose]();
    },
  };
}

/** What is attached to `process`, and what takes it off again. */
export interface FatalBinding extends Disposable {
  readonly listeners: readonly unknown[];
}
