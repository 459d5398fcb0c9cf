import type { Clock } from "./clock.ts";
import type { Deadline, OwnedDeadline } from "./deadline.ts";
import type { HookEntry, HookOutcome } from "./hooks.ts";
import type { StopReason } from "./reason.ts";
import { settledOrAborted, whenAborted } from "./until.ts";

/** What a hook runs under. */
export interface HookRun {
  readonly clock: Clock;
  readonly deadline: Deadline;
  readonly reason: StopReason;
  /** Aborts when the hook should give up. */
  readonly giveUp: AbortSignal;
  /** When a hook that did not give up is left behind. */
  readonly leave: OwnedDeadline;
  /** Aborts when the stop is over: whatever still runs then is left behind too. */
  readonly over: AbortSignal;
  /** The hook's slice of the deadline, where it has one: over it, it is left behind. */
  readonly sliceMs?: number;
}

/** Runs a hook once and writes into its entry how it ended. Never rejects; a late failure is swallowed. */
export async function runHook(entry: HookEntry, run: HookRun): Promise<void> {
  const { clock, deadline, reason } = run;
  const own = new AbortController();
  const left = new AbortController();
  const limitMs = Math.min(entry.timeoutMs ?? Infinity, run.sliceMs ?? Infinity);
  const timer = Number.isFinite(limitMs) ? clock.after(limitMs, () => left.abort(), { ref: true }) : undefined;
  const listening = [
    whenAborted(run.giveUp, () => own.abort(run.giveUp.reason)),
    whenAborted(run.leave.passed, () => left.abort()),
    whenAborted(run.over, () => left.abort()),
    whenAborted(left.signal, () => {
      timer?.[Symbol.dispose]();
      own.abort(new DOMException(`"${entry.name}" took too long.`, "TimeoutError"));
    }),
  ];

  entry.status = "running";
  entry.startedAt = clock.now();
  const { promise, resolve, reject } = Promise.withResolvers<unknown>();
  try {
    resolve(entry.hook({ signal: own.signal, deadline, reason, note: (text) => void entry.notes.push(text) }));
  } catch (error) {
    reject(error);
  }
  const outcome = promise.then(
    (): HookOutcome => "done",
    (error: unknown): HookOutcome => {
      entry.error = error;
      return "failed";
    },
  );
  const settled = await settledOrAborted(outcome, left.signal);
  const ended = settled ? await outcome : undefined;
  entry.durationMs = clock.now() - entry.startedAt;
  // A hook that starves the loop lets no timer run: whether it was late, the clock says.
  run.leave.check();
  if (entry.durationMs > limitMs) left.abort();
  const inTime = ended === "failed" || !left.signal.aborted;
  // A stop that is over has written the outcome in the meantime.
  if (entry.status === "running") entry.status = (inTime && ended) || lateness(entry, run);

  timer?.[Symbol.dispose]();
  for (const listener of listening) listener[Symbol.dispose]();
}

function lateness({ timeoutMs }: HookEntry, { sliceMs, leave }: HookRun): HookOutcome {
  const ownLimit = timeoutMs !== undefined && timeoutMs <= (sliceMs ?? Infinity);
  return ownLimit && !leave.passed.aborted ? "timed-out" : "abandoned";
}
