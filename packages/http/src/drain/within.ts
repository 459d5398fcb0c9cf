import { type Clock, settledOrAborted } from "@seaworthy/lifecycle";

/** Whether something happens within a time, and before the signal aborts. */
export async function within(
  clock: Clock,
  ms: number,
  happening: Promise<unknown>,
  signal: AbortSignal,
): Promise<boolean> {
  const tooLate = new AbortController();
  const timer = clock.after(ms, () => tooLate.abort(), { ref: true });
  const happened = await settledOrAborted(happening, AbortSignal.any([tooLate.signal, signal]));
  timer[Symbol.dispose]();
  return happened;
}
