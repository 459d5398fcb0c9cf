import { type Budgets, startBudgets } from "./budgets.ts";
import type { Publish } from "./channels.ts";
import type { DrainWindow } from "./drain-window.ts";
import type { HookEntry, HookList, HookRecord } from "./hooks.ts";
import type { InFlight, WorkRecord } from "./in-flight.ts";
import type { Leave } from "./leave.ts";
import { openHandles } from "./open-handles.ts";
import type { ResolvedLifecycleOptions } from "./options.ts";
import type { PhaseWalk } from "./phase.ts";
import type { PreStop } from "./pre-stop.ts";
import type { StopReason } from "./reason.ts";
import type { Report, StopStep } from "./report.ts";
import { runHook } from "./run-hook.ts";
import { settledOrAborted, whenAborted } from "./until.ts";

/*
 * The timeline of a stop.
 *
 * T0                   reason arrives       phase: draining   intake aborts; readiness fails
 *                                                             every response says Connection: close; h2 GOAWAY; ws 1001
 * T0 + drain window    routes have moved                      windowOver aborts: listeners close, idle sockets linger
 *                                                             drain hooks run together, in-flight work finishes
 * all drained          nothing in hand      phase: stopping   stop hooks, one at a time, last registered first
 *  (or drain budget spent: work aborts, is named, and may let go; the stop tail is kept back)
 * last hook done                            phase: stopped    report published; exit 0 if clean, 1 if not
 * T0 + grace period    the deadline                           unfinished hooks are abandoned and named; exit 1
 *
 * A second OS signal or a second fatal error ends it anywhere on the way, at once, with 1.
 */

/** The moments of a stop, each a latch that a part of the service can wait on. */
export interface StopLatches {
  readonly intake: AbortController;
  readonly windowOver: AbortController;
  readonly work: AbortController;
}

/** What a stop works on. */
export interface StopParts {
  readonly options: ResolvedLifecycleOptions;
  readonly phase: PhaseWalk;
  readonly hooks: HookList;
  readonly inFlight: InFlight;
  readonly window: DrainWindow;
  readonly leave: Leave;
  readonly preStop: PreStop;
  readonly latches: StopLatches;
  readonly publish: Publish;
}

/** A stop under way. */
export interface Stop {
  readonly whenStopped: Promise<Report>;
  /** Begins it, once: by the time this returns, readiness fails and intake has aborted. */
  begin(): void;
  /** Takes note of a fatal error on the way: the stop is no longer clean, and has no more than the fatal budget left. */
  sour(): void;
  /** Ends the drain window now, if it is still open. */
  skipWindow(): void;
  /** Ends the stop now. */
  force(by: StopReason): void;
}

/**
 * Makes a stop, its deadline running. It begins by a second call, for whoever hears of the beginning may want to end it.
 */
export function createStop(parts: StopParts, reason: StopReason): Stop {
  const { options, phase, hooks, inFlight, window, leave, preStop, latches, publish } = parts;
  const { clock } = options;
  const startedAt = clock.now();
  const endedBefore = inFlight.ended();
  const wasStarting = phase.current() === "starting";
  const budgets = startBudgets(options, stopMs(options, reason, preStop.spentMs()));
  const windowSkipped = new AbortController();
  const over = new AbortController();
  const { promise: whenStopped, resolve } = Promise.withResolvers<Report>();

  const steps: Record<StopStep, number> = { window: 0, drain: 0, stop: 0 };
  let finished: number | undefined;
  let cut: readonly WorkRecord[] = [];
  let sour = reason.kind === "fatal";
  let step: { readonly name: StopStep; readonly since: number } = { name: "window", since: startedAt };

  const run = async (entry: HookEntry, limits: Pick<Budgets, "release" | "drain">, sliceMs?: number): Promise<void> => {
    await runHook(entry, {
      clock,
      reason,
      deadline: budgets.whole,
      giveUp: limits.drain.passed,
      leave: limits.release,
      over: over.signal,
      ...(sliceMs !== undefined && { sliceMs }),
    });
    if (!over.signal.aborted) publish("hook", recordOf(entry, clock.now()));
  };

  const windowStep = async (): Promise<void> => {
    const skipped = wasStarting || skipsWindow(reason);
    const ended = AbortSignal.any([budgets.drain.passed, windowSkipped.signal, over.signal]);
    if (!skipped) await passWindow(ended);
    latches.windowOver.abort();
  };

  /** An early window counts; narrowed bounds, of a fatal error, hold for the rest of it too. */
  const passWindow = async (ended: AbortSignal): Promise<void> => {
    const enough = new AbortController();
    void preStop.whenOver()?.then(() => enough.abort());
    await window.pass(budgets.window, AbortSignal.any([ended, enough.signal]));
  };

  const drainAll = async (): Promise<void> => {
    const running = new Set<Promise<void>>();
    while (!budgets.release.passed.aborted && !over.signal.aborted) {
      const added = hooks.whenAdded();
      for (const entry of hooks.pending("drain")) {
        const ran: Promise<void> = run(entry, budgets).then(() => void running.delete(ran));
        running.add(ran);
      }
      if (running.size === 0 && inFlight.count() === 0) return;
      await Promise.race([Promise.all([...running, inFlight.whenIdle()]), added]);
    }
  };

  const drainStep = async (): Promise<void> => {
    // Before any hook hears that it should give up: what it cuts then must have been named.
    const cutting = whenAborted(budgets.drain.passed, () => {
      cut = inFlight.list();
      finished = inFlight.ended() - endedBefore;
      latches.work.abort(new DOMException("The drain budget is spent.", "TimeoutError"));
    });
    await settledOrAborted(drainAll(), AbortSignal.any([budgets.release.passed, over.signal]));
    cutting[Symbol.dispose]();
    finished ??= inFlight.ended() - endedBefore;
  };

  const stopStep = async (): Promise<void> => {
    phase.move("stopping");
    const wholeOnly = { drain: budgets.whole, release: budgets.whole };
    for (let left = hooks.pending("stop"); left.length > 0; left = hooks.pending("stop")) {
      const next = left.at(-1);
      budgets.check();
      if (next === undefined || over.signal.aborted || budgets.whole.passed.aborted) return;
      await run(next, wholeOnly, budgets.whole.remainingMs() / left.length);
    }
  };

  const finish = (forcedBy?: StopReason): void => {
    if (over.signal.aborted) return;
    if (cut.length === 0) cut = inFlight.list();
    budgets[Symbol.dispose]();
    over.abort();
    latches.work.abort(new DOMException("The process has stopped.", "AbortError"));
    const now = clock.now();
    if (forcedBy) steps[step.name] = now - step.since;
    const entries = hooks.all();
    const records = entries.map((entry) => recordOf(entry, now));
    const complete = cut.length === 0 && entries.every(({ essential, status }) => !essential || status === "done");
    const clean = complete && !sour && !forcedBy;
    const report: Report = {
      reason,
      ...(forcedBy && { forcedBy }),
      clean,
      exitCode: clean ? Number(process.exitCode ?? 0) : 1,
      durationMs: now - startedAt,
      steps,
      hooks: records,
      finished: finished ?? inFlight.ended() - endedBefore,
      cut,
      openHandles: complete ? {} : openHandles(),
    };
    latches.windowOver.abort();
    phase.move("stopped");
    publish("report", { report });
    resolve(report);
  };

  const runAll = async (): Promise<void> => {
    for (const [name, runStep] of Object.entries({ window: windowStep, drain: drainStep, stop: stopStep })) {
      step = { name: name as StopStep, since: clock.now() };
      await runStep();
      budgets.check();
      if (over.signal.aborted) return;
      steps[step.name] = clock.now() - step.since;
    }
    finish();
  };

  return {
    whenStopped,
    begin() {
      leave.begin();
      phase.move("draining");
      latches.intake.abort(new DOMException("The process is draining: ask for no new work.", "AbortError"));
      void runAll();
    },
    sour() {
      sour = true;
      if (!over.signal.aborted) budgets.shorten(options.fatalBudgetMs);
    },
    skipWindow: () => windowSkipped.abort(),
    force: finish,
  };
}

/** Who presses Ctrl-C has no routes to wait for. */
export const skipsWindow = (reason: StopReason): boolean => reason.kind === "os-signal" && reason.osSignal === "SIGINT";

/** What the kubelet leaves at least, however long the preStop hook took (`minimumGracePeriodInSeconds`). */
const leastGraceMs = 2_000;

function stopMs(options: ResolvedLifecycleOptions, reason: StopReason, spentMs: number): number {
  const { gracePeriodMs, exitReserveMs, fatalBudgetMs } = options;
  const graceLeftMs = Math.max(gracePeriodMs - spentMs, Math.min(gracePeriodMs, leastGraceMs));
  const wholeMs = Math.max(0, graceLeftMs - exitReserveMs);
  return reason.kind === "fatal" ? Math.min(fatalBudgetMs, wholeMs) : wholeMs;
}

function recordOf(entry: HookEntry, now: number): HookRecord {
  const { kind, name, status, startedAt, durationMs, error, notes } = entry;
  const running = status === "running";
  const outcome = running ? "abandoned" : status === "pending" ? "skipped" : status;
  entry.status = outcome;
  return {
    kind,
    name,
    outcome,
    durationMs: running ? now - startedAt : durationMs,
    ...(outcome === "failed" && { error }),
    ...(notes.length > 0 && { notes: [...notes] }),
  };
}
