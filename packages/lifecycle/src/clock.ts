/**
 * Where time comes from. Everything that waits takes a clock, so that tests can own it; the system clock below is the
 * only place in the packages that touches a timer.
 */
export interface Clock {
  /** Milliseconds on a monotonic scale, with a meaning only as a difference. */
  now(): number;
  /**
   * Calls `callback` once, at the earliest `delayMs` from now. The timer holds the process open only with `ref: true`.
   * Disposing before that forgets it.
   */
  after(delayMs: number, callback: () => void, options?: { readonly ref?: boolean }): Disposable;
  /** Resolves once the event loop has polled for I/O and come round again. */
  turn(): Promise<void>;
}

/** The longest delay Node takes; a longer one would fire at once (nodejs.org/api/timers, `TIMEOUT_MAX`). */
const longestDelayMs = 2 ** 31 - 1;

/** The process's own monotonic time and timers. */
export const systemClock: Clock = {
  now: () => performance.now(),
  after(delayMs, callback, { ref = false } = {}) {
    const timer = setTimeout(callback, Math.min(Math.max(0, delayMs), longestDelayMs));
    if (!ref) timer.unref();
    return { [Symbol.dispose]: () => clearTimeout(timer) };
  },
  // The first one may come right after the poll from which it was asked for; between the two lies a whole one.
  turn: () => new Promise((resolve) => void setImmediate(() => setImmediate(resolve))),
};
