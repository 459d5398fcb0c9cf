import { whenAborted } from "@seaworthy/lifecycle";

/**
 * Settles as the promise does, or rejects with the signal's reason when that aborts first. What the promise does
 * afterwards is nobody's, so a late rejection is never an unhandled one.
 */
export async function untilAborted<T>(promise: PromiseLike<T>, signal: AbortSignal): Promise<T> {
  const { promise: first, resolve, reject } = Promise.withResolvers<T>();
  promise.then(resolve, reject);
  const listening = whenAborted(signal, () => reject(signal.reason));
  try {
    return await first;
  } finally {
    listening[Symbol.dispose]();
  }
}
