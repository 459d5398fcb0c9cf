import type { Clock } from "./clock.ts";

/** An absolute instant by which something must be over. */
export interface Deadline {
  /** Milliseconds left, never below 0. */
  remainingMs(): number;
  /** Aborts when the instant has come. */
  readonly passed: AbortSignal;
}

/** A deadline as its owner holds it. */
export interface OwnedDeadline extends Deadline, Disposable {
  /** Moves the instant nearer; a later one changes nothing. */
  shorten(remainingMs: number): void;
  /** Aborts `passed` if the instant has come, even when a starved loop has not run the timer yet. */
  check(): void;
}

/** Starts a deadline `durationMs` from now. Its timer holds the process open until it is disposed. */
export function startDeadline(clock: Clock, durationMs: number): OwnedDeadline {
  const passed = new AbortController();
  let at = clock.now() + durationMs;
  let timer: Disposable | undefined;

  const remainingMs = (): number => Math.max(0, at - clock.now());
  const check = (): void => {
    if (remainingMs() === 0) passed.abort(new DOMException("The deadline has passed.", "TimeoutError"));
  };
  const arm = (): void => {
    timer?.[Symbol.dispose]();
    timer = clock.after(remainingMs(), onTimer, { ref: true });
  };
  // A timer may fire a fraction of a millisecond early by the monotonic clock.
  const onTimer = (): void => {
    check();
    if (!passed.signal.aborted) arm();
  };

  arm();
  return {
    remainingMs,
    passed: passed.signal,
    check,
    shorten(ms) {
      const sooner = clock.now() + ms;
      if (sooner >= at) return;
      at = sooner;
      arm();
    },
    [Symbol.dispose]: () => timer?.[Symbol.dispose](),
  };
}
