import { type Clock, settledOrAborted } from "@seaworthy/lifecycle";

/**
 * Whether something happens within a time, and before the signal aborts. The time is over only when the loop has polled
 * once more: after a stall timers come first, and what came by the network meanwhile has not been read yet.
 */
export async function within(
  clock: Clock,
  ms: number,
  happening: Promise<unknown>,
  signal: AbortSignal,
): Promise<boolean> {
  const tooLate = new AbortController();
  const end = async (): Promise<void> => {
    await clock.turn();
    tooLate.abort();
  };
  const timer = clock.after(ms, () => void end(), { ref: true });
  const happened = await settledOrAborted(happening, AbortSignal.any([tooLate.signal, signal]));
  timer[Symbol.dispose]();
  return happened;
}
