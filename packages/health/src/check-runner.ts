import { type Clock, settledOrAborted } from "@seaworthy/lifecycle";
import type { ResolvedCheckOptions } from "./check-options.ts";
import type { Observation } from "./check-state.ts";
import type { Check } from "./check.ts";

/**
 * Runs a check on its interval, one run at a time, until disposed. A run over its time-out is a failure at once; the
 * next one still waits until it has settled, so that a slow check never overlaps itself.
 */
export function startCheck(
  name: string,
  check: Check,
  { intervalMs, timeoutMs, jitter }: ResolvedCheckOptions,
  clock: Clock,
  observe: (observation: Observation) => void,
): Disposable {
  let disposed = false;
  let timer: Disposable;
  // One for each run: what AbortSignal.any makes of a signal that lives on is never freed by Node 22.
  let run = new AbortController();

  const runOnce = async (): Promise<void> => {
    const startedAt = clock.now();
    const late = new DOMException(`No result within ${timeoutMs} ms (timeout).`, "TimeoutError");
    run = new AbortController();
    const { signal } = run;
    const timeout = clock.after(timeoutMs, () => run.abort(late));
    const settled = (async () => check({ name, signal }))();
    const observed = settled.then(
      (): Observation => ({ result: "pass" }),
      (error: unknown): Observation => ({ result: "fail", error }),
    );
    const inTime = await settledOrAborted(settled, signal);
    timeout[Symbol.dispose]();

    const tell = (observation: Observation): void => observe({ ...observation, durationMs: clock.now() - startedAt });
    // While it hangs, every interval is one more failure: else a single hang could never reach `failAfter`.
    const tellLate = (): void => {
      tell({ result: "fail", error: late });
      timer = clock.after(intervalMs, tellLate);
    };
    if (disposed) return;
    if (inTime) tell(await observed);
    else tellLate();
    await observed;
    timer[Symbol.dispose]();
    scheduleNext(clock.now() - startedAt);
  };

  const scheduleNext = (spentMs: number): void => {
    if (disposed) return;
    const strayMs = intervalMs * jitter * (Math.random() * 2 - 1);
    timer = clock.after(Math.max(0, intervalMs + strayMs - spentMs), () => void runOnce());
  };

  timer = clock.after(0, () => void runOnce());
  return {
    [Symbol.dispose]() {
      if (disposed) return;
      disposed = true;
      timer[Symbol.dispose]();
      run.abort(new DOMException(`The check "${name}" was taken away.`, "AbortError"));
      check[Symbol.dispose]?.();
    },
  };
}
