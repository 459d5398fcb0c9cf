import { constants } from "node:os";
import { createEcho } from "./echo.ts";
import { SeaworthyError, describe } from "./errors.ts";
import type { Lifecycle } from "./lifecycle.ts";
import type { StopReason } from "./reason.ts";

/** Never delivered to a process, or only when its state can no longer be trusted (nodejs.org/api/process). */
const uncatchable: ReadonlySet<string> = new Set(["SIGKILL", "SIGSTOP", "SIGBUS", "SIGFPE", "SIGSEGV", "SIGILL"]);

/**
 * Checks the names of OS signals.
 *
 * @throws `ERR_SEAWORTHY_OS_SIGNAL` for a name that this platform does not have or that no process can catch.
 * @throws `ERR_SEAWORTHY_OPTION` for what is no list.
 */
export function resolveOsSignals(names: readonly string[]): readonly NodeJS.Signals[] {
  if (!Array.isArray(names)) {
    throw new SeaworthyError("ERR_SEAWORTHY_OPTION", {
      expected: "the `osSignals` option to be a list of names",
      got: describe(names),
      fix: `Leave it out for SIGTERM and SIGINT.`,
    });
  }
  return (names as readonly string[]).map((name) => {
    if (typeof name === "string" && Object.hasOwn(constants.signals, name) && !uncatchable.has(name)) {
      return name as NodeJS.Signals;
    }
    throw new SeaworthyError("ERR_SEAWORTHY_OS_SIGNAL", {
      expected: "the names of OS signals that a process can catch",
      got: describe(name),
      fix: `Use the names of signal(7) in capitals; SIGTERM and SIGINT are what Kubernetes and a terminal send.`,
    });
  });
}

/** The first OS signal begins a stop, the second ends it now. Disposing takes the listeners off again. */
export function bindOsSignals(
  lifecycle: Lifecycle,
  osSignals: readonly NodeJS.Signals[],
  stopNow: (reason: StopReason) => void,
): OsSignalBinding {
  // A terminal and npm both pass Ctrl-C on.
  const echo = createEcho(lifecycle.clock);
  let first = true;

  const onOsSignal = (osSignal: NodeJS.Signals): void => {
    if (echo.repeats(osSignal)) return;
    if (first) void lifecycle.stop({ kind: "os-signal", osSignal });
    else stopNow({ kind: "os-signal", osSignal });
    first = false;
  };

  for (const osSignal of osSignals) process.on(osSignal, onOsSignal);
  return {
    listeners: [onOsSignal],
    [Symbol.dispose]() {
      for (const osSignal of osSignals) process.off(osSignal, onOsSignal);
      echo[Symbol.dispose]();
    },
  };
}

/** What is attached to `process`, and what takes it off again. */
export interface OsSignalBinding extends Disposable {
  readonly listeners: readonly unknown[];
}
