import { messageOf } from "@seaworthy/lifecycle";

/**
 * Makes the error a check fails with from the one it met, on one line, with that error as its `cause`. Once the
 * signal has aborted, the news is that no answer came, and why the waiting ended.
 */
export function failure(what: string, error: unknown, signal: AbortSignal): Error {
  if (signal.aborted) return noAnswer(what, signal);
  return new Error(`${what} failed: ${messageOf(error)}`, { cause: error });
}

/** Makes the error of a check whose signal aborted before its answer came. */
export function noAnswer(what: string, signal: AbortSignal): Error {
  return new Error(`${what} got no answer: ${messageOf(signal.reason)}`, { cause: signal.reason });
}
