import { type Publish, createPublish } from "./channels.ts";
import type { Clock } from "./clock.ts";
import { type Door, createDrainWindow } from "./drain-window.ts";
import { type Hook, type HookKind, type HookOptions, createHookList } from "./hooks.ts";
import { type CountedSource, type InFlight, type Work, type WorkSource, createInFlight } from "./in-flight.ts";
import { createLeave } from "./leave.ts";
import { createListeners } from "./listeners.ts";
import { type LifecycleOptions, type ResolvedLifecycleOptions, resolveLifecycleOptions } from "./options.ts";
import { type Phase, createPhaseWalk } from "./phase.ts";
import { createPreStop } from "./pre-stop.ts";
import { type StopReason, reasonOf } from "./reason.ts";
import type { Report } from "./report.ts";
import { type StartupTask, createStartupTasks } from "./startup.ts";
import { type Stop, createStop, skipsWindow } from "./stop.ts";
import { whenAborted } from "./until.ts";

/** One life of a process. Every method may be taken off the object and called on its own. */
export interface Lifecycle {
  /** Where the process is now. */
  readonly phase: Phase;
  /** Whether the service asks to be routed away from: from the start of the drain window on, whoever opened it. */
  readonly leaving: boolean;
  /** Aborts when a stop begins: ask for no new work. */
  readonly intake: AbortSignal;
  /** Aborts when the drain window is over: doors close. */
  readonly windowOver: AbortSignal;
  /** Aborts when the drain budget is spent, and at the end of every stop: work in flight should give up. */
  readonly work: AbortSignal;
  /** Resolves when the process has started; never, when a stop came first. */
  readonly whenStarted: Promise<void>;
  /** Resolves with the report when the process has stopped. */
  readonly whenStopped: Promise<Report>;
  /** The startup tasks that still hold `started` back. */
  readonly startupPending: readonly string[];
  /** The work accepted and not yet finished. */
  readonly inFlight: Pick<InFlight, "count" | "ended" | "list">;
  /** The options in force, defaults included. */
  readonly options: ResolvedLifecycleOptions;
  readonly clock: Clock;
  /** Says that the service is ready for work. It is started once all startup tasks have settled too. */
  markStarted(): void;
  /**
   * Holds `started` back until the task settles. One that fails stops the process with exit code 1. A task registered
   * after the start cannot take `started` back; readiness fails until it has settled. Disposing lets go of it.
   */
  startup(name: string, task: StartupTask): Disposable;
  /** Registers a hook for the drain. All run together once the drain window is over. */
  onDrain(name: string, hook: Hook, options?: HookOptions): Disposable;
  /** Registers a hook for the time when no work is in flight. They run one at a time, last registered first. */
  onStop(name: string, hook: Hook, options?: HookOptions): Disposable;
  /**
   * Keeps the drain open until the promise settles. Await what it returns in the promise's place: a failure that nobody
   * handles there is an unhandled rejection like any other.
   */
  waitUntil<T>(name: string, work: PromiseLike<T>): Promise<T>;
  /** Takes a piece of work in hand whose end is told by a call. */
  beginWork(name: string | (() => string)): Work;
  /** Counts the work of somebody who counts it already, at no cost for each piece. */
  countWork(source: WorkSource): CountedSource;
  /** Opens a way in for new work from outside: a stop then begins with a drain window. */
  openDoor(): Door;
  /**
   * Opens the drain window for a preStop hook and resolves when it is over; called again, it joins that window. A stop
   * by SIGTERM then goes on from there. Before `started` and after the window there is nothing to wait for.
   */
  preStop(): Promise<void>;
  /** Hears each time the service begins to leave. */
  onLeave(listener: () => void): Disposable;
  /** Hears of every change of what the life says of itself: phase, leaving, drain window, startup tasks. */
  onChange(listener: () => void): Disposable;
  /** Begins the stop; every later call returns the same promise. A text is a `request` by what it names. */
  stop(reason?: string | StopReason): Promise<Report>;
  /** Ends a stop at once, as a second OS signal does: what has not finished is named in the report and left. */
  stopNow(reason?: string | StopReason): Promise<Report>;
  /** Publishes an event of this life. For packages that add to it. */
  readonly publish: Publish;
}

/**
 * Builds a life. It touches nothing: no OS signal, no timer, no exit; see `bindProcess` for that.
 *
 * @throws `ERR_SEAWORTHY_OPTION`, `ERR_SEAWORTHY_BUDGET`
 */
export function createLifecycle(options?: LifecycleOptions): Lifecycle {
  const resolved = resolveLifecycleOptions(options);
  const { clock, gracePeriodMs, exitReserveMs } = resolved;
  const latches = { intake: new AbortController(), windowOver: new AbortController(), work: new AbortController() };
  const started = Promise.withResolvers<void>();
  const stopped = Promise.withResolvers<Report>();
  const hooks = createHookList(gracePeriodMs - exitReserveMs);
  const inFlight = createInFlight(() => clock.now());
  const window = createDrainWindow(clock);
  const publish = createPublish(() => lifecycle);
  const changes = createListeners();
  const leave = createLeave(changes.tell);
  const preStop = createPreStop({
    options: resolved,
    window,
    leave,
    publish,
    stopping: latches.intake.signal,
    windowOver: latches.windowOver.signal,
  });
  whenAborted(latches.windowOver.signal, changes.tell);
  let marked = false;
  let stopReason: StopReason | undefined;
  let stopUnderWay: Stop | undefined;

  const phase = createPhaseWalk((from, to) => {
    changes.tell();
    publish("phase", { from, to, ...(stopReason && { reason: stopReason }) });
  });
  const tasks = createStartupTasks(latches.intake.signal, {
    onSettled() {
      startIfReady();
      changes.tell();
    },
    onFailed(error) {
      publish("fatal", { error, origin: "startup" });
      void stop({ kind: "fatal", error, origin: "startup" });
    },
  });

  const startIfReady = (): void => {
    if (phase.current() !== "starting" || !marked || tasks.pending().length > 0) return;
    phase.move("started");
    started.resolve();
  };

  const parts = { options: resolved, phase, hooks, inFlight, window, leave, preStop, latches, publish };
  const stop = (reason: string | StopReason = "stop()"): Promise<Report> => {
    const why = afterPreStop(reasonOf(reason));
    if (stopReason === undefined) {
      stopReason = why;
      stopUnderWay = createStop(parts, why);
      void stopUnderWay.whenStopped.then(stopped.resolve);
      stopUnderWay.begin();
    } else if (why.kind === "fatal") stopUnderWay?.sour();
    else if (skipsWindow(why)) stopUnderWay?.skipWindow();
    return stopped.promise;
  };

  const afterPreStop = (why: StopReason): StopReason => {
    if (why.kind !== "os-signal" || skipsWindow(why) || !preStop.whenOver()) return why;
    return { kind: "prestop", osSignal: why.osSignal };
  };

  const addHook = (kind: HookKind, name: string, hook: Hook, hookOptions?: HookOptions): Disposable => {
    const tooLate = phase.current() === "stopped" || (kind === "drain" && phase.current() === "stopping");
    const handle = hooks.add(kind, name, hook, hookOptions);
    if (!tooLate) return handle;
    handle[Symbol.dispose]();
    publish("notice", {
      code: "too-late",
      message: `The ${kind} hook "${name}" was registered while ${phase.current()} and will not run. Register it earlier.`,
    });
    return handle;
  };

  const lifecycle: Lifecycle = {
    get phase() {
      return phase.current();
    },
    get leaving() {
      return leave.isUnderWay();
    },
    get startupPending() {
      return tasks.pending();
    },
    intake: latches.intake.signal,
    windowOver: latches.windowOver.signal,
    work: latches.work.signal,
    whenStarted: started.promise,
    whenStopped: stopped.promise,
    inFlight,
    options: resolved,
    clock,
    markStarted() {
      marked = true;
      startIfReady();
    },
    startup(name, task) {
      const handle = tasks.add(name, task);
      changes.tell();
      return handle;
    },
    onDrain: (name, hook, hookOptions) => addHook("drain", name, hook, hookOptions),
    onStop: (name, hook, hookOptions) => addHook("stop", name, hook, hookOptions),
    waitUntil(name, work) {
      const { end } = inFlight.begin(name);
      return Promise.resolve(work).finally(end);
    },
    beginWork: inFlight.begin,
    countWork: inFlight.add,
    openDoor: () => window.open(),
    preStop: async () => {
      if (phase.current() === "starting") return;
      if (phase.current() === "started") await preStop.run();
      else await new Promise<void>((resolve) => void whenAborted(latches.windowOver.signal, resolve));
    },
    onLeave: leave.onBegin,
    onChange: changes.add,
    stop,
    stopNow(reason = "stopNow()") {
      void stop(reason);
      stopUnderWay?.force(reasonOf(reason));
      return stopped.promise;
    },
    publish,
  };
  return lifecycle;
}
