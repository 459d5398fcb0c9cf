import type { Clock } from "./clock.ts";
import type { Lifecycle } from "./lifecycle.ts";
import { SeaworthyError } from "./errors.ts";
import { exitProcess } from "./exit.ts";
import { bindFatalErrors } from "./fatal.ts";
import { watchForeignListeners } from "./foreign-listeners.ts";
import { bindNaturalEnd, naturalEnd } from "./natural-end.ts";
import { flag } from "./options.ts";
import { bindOsSignals, resolveOsSignals } from "./os-signals.ts";
import type { StopReason } from "./reason.ts";
import { tellSurroundings } from "./surroundings.ts";
import { whenAborted } from "./until.ts";
import { version } from "./version.ts";

/** What `bindProcess` takes. */
export interface BindOptions {
  /** The OS signals that begin a stop. Default `["SIGTERM", "SIGINT"]`. SIGINT skips the drain window. */
  readonly osSignals?: readonly string[];
  /** Whether uncaught exceptions and unhandled rejections begin a stop. Default `true`. */
  readonly fatalErrors?: boolean;
}

/** The defaults of {@link BindOptions}. */
export const bindDefaults = { osSignals: ["SIGTERM", "SIGINT"], fatalErrors: true } as const;

/** The one life of a process, and which copy of the package bound it. */
interface Binding {
  readonly lifecycle: Lifecycle;
  readonly version: string;
  readonly url: string;
  readonly toldCopies: Set<string>;
}

// Shared by every copy and version of the package in the process: two of them must not mean two lives.
const key = Symbol.for("seaworthy.lifecycle");
const registry = globalThis as { [key]?: Binding };

/** A forced exit waits this long for stdout and stderr. */
const forcedFlushMs = 50;

/** A process with nothing left to do has this long to end by itself, unless a hook has left something open. */
const byItselfMs = 50;

/**
 * Makes this life the process's own: OS signals and fatal errors stop it, and the process exits when it has stopped.
 * Disposing takes everything off `process` again and leaves the life to its owner.
 *
 * @throws `ERR_SEAWORTHY_OPTION`, and `ERR_SEAWORTHY_OS_SIGNAL` for a name that cannot be caught.
 * @throws `ERR_SEAWORTHY_ALREADY_BOUND` when the process has a life already.
 */
export function bindProcess(lifecycle: Lifecycle, options: BindOptions = {}): Disposable {
  const osSignals = resolveOsSignals(options.osSignals ?? bindDefaults.osSignals);
  const fatalErrors = flag("fatalErrors", options.fatalErrors, bindDefaults.fatalErrors);
  const bound = registry[key];
  if (bound) {
    throw new SeaworthyError("ERR_SEAWORTHY_ALREADY_BOUND", {
      expected: "one life in a process",
      got: `a second one, beside that of @seaworthy/lifecycle ${bound.version} (${bound.url})`,
      fix: "Use processLifecycle() to get the one there is.",
    });
  }
  const binding: Binding = { lifecycle, version, url: import.meta.url, toldCopies: new Set() };
  registry[key] = binding;
  const startedAt = { stop: Infinity };
  const hurry = new AbortController();
  const stopNow = (reason: StopReason): void => {
    if (lifecycle.phase === "stopped") hurry.abort();
    else void lifecycle.stopNow(reason);
  };

  const onOsSignals = bindOsSignals(lifecycle, osSignals, stopNow);
  const onFatalErrors = fatalErrors ? bindFatalErrors(lifecycle, stopNow) : undefined;
  const parts = [
    whenAborted(lifecycle.intake, () => (startedAt.stop = lifecycle.clock.now())),
    onOsSignals,
    ...(onFatalErrors ? [onFatalErrors] : []),
    bindNaturalEnd(lifecycle),
    watchForeignListeners(lifecycle, {
      osSignals,
      fatalErrors: onFatalErrors ? ["uncaughtException", "unhandledRejection"] : [],
      ours: [...onOsSignals.listeners, ...(onFatalErrors?.listeners ?? [])],
    }),
  ];
  tellSurroundings(lifecycle);

  let attached = true;
  void lifecycle.whenStopped.then(async (report) => {
    if (!attached) return;
    const { clock, options: resolved } = lifecycle;
    const leftMs = startedAt.stop + resolved.gracePeriodMs - clock.now();
    const flushMs = report.forcedBy ? forcedFlushMs : Math.max(forcedFlushMs, leftMs);
    // Ending by itself, the process may get a code of Node's own, such as 13 for a top-level await that never settled.
    if (report.clean && report.reason === naturalEnd) await whenDue(clock, byItselfMs);
    await exitProcess(report.exitCode, clock, flushMs, hurry.signal);
  });

  return {
    [Symbol.dispose]() {
      attached = false;
      for (const part of parts) part[Symbol.dispose]();
      if (registry[key] === binding) delete registry[key];
    },
  };
}

/** Resolves then, if anything else holds the process open for so long. */
const whenDue = (clock: Clock, ms: number): Promise<void> => new Promise((resolve) => void clock.after(ms, resolve));

/**
 * The life that this process has, whichever copy of the package bound it; `undefined` when none has been bound. The
 * first call from another copy than that one publishes a `duplicate-copy` notice.
 */
export function processLifecycle(): Lifecycle | undefined {
  const bound = registry[key];
  if (bound && bound.url !== import.meta.url && !bound.toldCopies.has(import.meta.url)) {
    bound.toldCopies.add(import.meta.url);
    bound.lifecycle.publish("notice", {
      code: "duplicate-copy",
      message:
        `Two copies of @seaworthy/lifecycle share one life: ${bound.version} (${bound.url}) holds it, ` +
        `${version} (${import.meta.url}) uses it. Deduplicate them with \`npm dedupe\`.`,
    });
  }
  return bound?.lifecycle;
}
