import type { Deadline } from "./deadline.ts";
import { SeaworthyError, assertFunction, assertName } from "./errors.ts";
import { duration } from "./options.ts";
import type { StopReason } from "./reason.ts";

/** What a hook gets. */
export interface HookContext {
  /** Aborts when the hook should give up: its own `timeoutMs`, its slice of the deadline, or the deadline itself. */
  readonly signal: AbortSignal;
  /** By when the whole stop must be over. */
  readonly deadline: Deadline;
  /** Why the stop began. */
  readonly reason: StopReason;
  /** Puts a sentence into the report, beside what became of the hook. */
  readonly note: (text: string) => void;
}

/** Runs once in a stop. It is done when it returns or resolves, and failed when it throws or rejects. */
export type Hook = (context: HookContext) => unknown;

/** Options of `onDrain` and `onStop`. */
export interface HookOptions {
  /** Leave the hook behind after this long, in milliseconds. Default: its slice of the deadline. */
  readonly timeoutMs?: number;
  /** Whether a stop is clean only if this hook was done. Default `true`; a witness of the service says `false`. */
  readonly essential?: boolean;
}

/** Drain hooks run together while draining; stop hooks one at a time while stopping, last registered first. */
export type HookKind = "drain" | "stop";

/**
 * How a hook ended: `done`; `failed` by throwing; `timed-out` by its own `timeoutMs`; `abandoned` when still running
 * at the end of its slice of the deadline; `skipped` because no time was left to start it.
 */
export type HookOutcome = "done" | "failed" | "timed-out" | "abandoned" | "skipped";

/** What became of a hook. */
export interface HookRecord {
  readonly kind: HookKind;
  readonly name: string;
  readonly outcome: HookOutcome;
  readonly durationMs: number;
  /** What it threw, when it failed. */
  readonly error?: unknown;
  /** What it had to say, if anything. */
  readonly notes?: readonly string[];
}

/** A registered hook on its way to becoming a {@link HookRecord}. */
export interface HookEntry {
  readonly kind: HookKind;
  readonly name: string;
  readonly hook: Hook;
  readonly timeoutMs: number | undefined;
  readonly essential: boolean;
  readonly notes: string[];
  status: "pending" | "running" | HookOutcome;
  startedAt: number;
  durationMs: number;
  error?: unknown;
}

/** The hooks of one life, in the order of registration. */
export interface HookList {
  add(kind: HookKind, name: string, hook: Hook, options?: HookOptions): Disposable;
  pending(kind: HookKind): HookEntry[];
  /** Resolves at the next registration. */
  whenAdded(): Promise<void>;
  all(): readonly HookEntry[];
}

/** An empty list; an own time-out may be at most `longestMs`. */
export function createHookList(longestMs: number): HookList {
  const entries = new Set<HookEntry>();
  let added = Promise.withResolvers<void>();
  return {
    add(kind, name, hook, { timeoutMs, essential = true } = {}) {
      assertName(name, `${kind} hook`);
      assertFunction(hook, `${kind} hook "${name}"`);
      assertTimeout(name, timeoutMs, longestMs);
      if ([...entries].some((entry) => entry.kind === kind && entry.name === name)) {
        throw new SeaworthyError("ERR_SEAWORTHY_DUPLICATE_NAME", {
          expected: `each ${kind} hook to have its own name`,
          got: `a second "${name}"`,
          fix: "Name it for what it closes, such as the pool or the topic, so that a report can tell them apart.",
        });
      }
      const progress = { status: "pending", startedAt: 0, durationMs: 0 } as const;
      const entry: HookEntry = { kind, name, hook, timeoutMs, essential, notes: [], ...progress };
      entries.add(entry);
      added.resolve();
      added = Promise.withResolvers();
      return { [Symbol.dispose]: () => void (entry.status === "pending" && entries.delete(entry)) };
    },
    pending: (kind) => [...entries].filter((entry) => entry.kind === kind && entry.status === "pending"),
    whenAdded: () => added.promise,
    all: () => [...entries],
  };
}

function assertTimeout(name: string, timeoutMs: number | undefined, longestMs: number): void {
  if (duration("timeoutMs", timeoutMs, longestMs, 1) <= longestMs) return;
  throw new SeaworthyError("ERR_SEAWORTHY_BUDGET", {
    expected: `timeoutMs of the hook "${name}" to fit in the grace period less the exit reserve, ${longestMs}`,
    got: `${timeoutMs}`,
    fix: "Shorten it, or lengthen the grace period.",
  });
}
