import assert from "node:assert/strict";
import { getEventListeners } from "node:events";
import { type Check } from "../../src/check.ts";

/** Runs a check once, as the engine would. */
export async function run(check: Check, signal: AbortSignal = new AbortController().signal): Promise<void> {
  await check({ name: "the check", signal });
}

/** Runs a check that must fail, and returns what it failed with: an error with a text of one line. */
export async function failureOf(check: Check, signal?: AbortSignal): Promise<Error> {
  const error = await run(check, signal).then(
    () => assert.fail("expected the check to fail"),
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof Error);
  assert.match(error.message, /^.+$/);
  return error;
}

/** Starts a run, waits for `until`, aborts it, and returns what it failed with. */
export async function failureWhenAborted(check: Check, until: () => PromiseLike<unknown> | undefined): Promise<Error> {
  const timeout = new AbortController();
  const reason = new DOMException("No result within 100 ms (timeout).", "TimeoutError");
  const failure = failureOf(check, timeout.signal);
  await until();
  timeout.abort(reason);
  const error = await failure;
  assert.equal(error.cause, reason);
  assert.match(error.message, / got no answer: No result within 100 ms \(timeout\)\.$/);
  assertLetGo(timeout.signal);
  return error;
}

/** No listener of a check is left on the signal. */
export function assertLetGo(signal: AbortSignal): void {
  assert.equal(getEventListeners(signal, "abort").length, 0);
}
