/** Calls `onAbort` when the signal aborts (at once if it has), until disposed. */
export function whenAborted(signal: AbortSignal, onAbort: () => void): Disposable {
  if (signal.aborted) onAbort();
  else signal.addEventListener("abort", onAbort, { once: true });
  return { [Symbol.dispose]: () => signal.removeEventListener("abort", onAbort) };
}

/** Waits for the work or the signal, whichever comes first; says whether the work was over. Never rejects. */
export async function settledOrAborted(work: Promise<unknown>, signal: AbortSignal): Promise<boolean> {
  let listening: Disposable | undefined;
  const aborted = new Promise<boolean>((resolve) => {
    listening = whenAborted(signal, () => resolve(false));
  });
  const settled = work.then(
    () => true,
    () => true,
  );
  try {
    return await Promise.race([settled, aborted]);
  } finally {
    listening?.[Symbol.dispose]();
  }
}
