import assert from "node:assert/strict";
import { test } from "node:test";
import { question } from "../../src/checks/question.ts";
import { assertLetGo, failureOf, failureWhenAborted, run } from "./run.ts";
import { fewTurns } from "./until.ts";

test("a question that is answered passes and leaves the signal alone", async () => {
  const { signal } = new AbortController();
  await run(
    question("Asking", () => 42),
    signal,
  );
  assertLetGo(signal);
});

test("a question that is refused fails the check, on one line and with the cause", async () => {
  const cause = new Error("\n\nInvalid invocation:\n\n  cannot reach the database");
  const error = await failureOf(question("Asking", () => Promise.reject(cause)));
  assert.equal(error.message, "Asking failed: Invalid invocation: cannot reach the database");
  assert.equal(error.cause, cause);
});

test("a question that throws at once fails the check", async () => {
  const error = await failureOf(
    question("Asking", () => {
      throw new Error("no");
    }),
  );
  assert.equal(error.message, "Asking failed: no");
});

test("a failure tells what each of several errors was, as after a connection tried over two families", async () => {
  const cause = new AggregateError([new Error("refused ::1"), new Error("refused 127.0.0.1")]);
  const error = await failureOf(question("Asking", () => Promise.reject(cause)));
  assert.equal(error.message, "Asking failed: refused ::1; refused 127.0.0.1");
});

test("a very long reason is cut", async () => {
  const error = await failureOf(question("Asking", () => Promise.reject(new Error("x".repeat(5_000)))));
  assert.ok(error.message.length < 350);
});

test("whatever is thrown in place of an error is told", async () => {
  const error = await failureOf(question("Asking", () => Promise.reject("a string")));
  assert.equal(error.message, "Asking failed: a string");
});

test("nothing is asked once the signal has aborted", async () => {
  let asked = 0;
  const check = question("Asking", () => (asked += 1));
  const error = await failureOf(check, AbortSignal.abort(new Error("too late")));
  assert.equal(error.message, "Asking got no answer: too late");
  assert.equal(asked, 0);
});

test("a run stops waiting when its signal aborts, and a rejection that comes later is nobody's", async () => {
  const { promise, reject } = Promise.withResolvers<never>();
  await failureWhenAborted(
    question("Asking", () => promise),
    fewTurns,
  );
  reject(new Error("late"));
  await fewTurns();
});

test("a later run waits for the open question instead of asking again", async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  let asked = 0;
  const check = question("Asking", () => {
    asked += 1;
    return promise;
  });
  await failureWhenAborted(check, fewTurns);
  await failureWhenAborted(check, fewTurns);
  assert.equal(asked, 1);

  const waiting = run(check);
  resolve();
  await waiting;
  await run(check);
  assert.equal(asked, 2);
});

test("an open question that fails under a later run is asked anew by it, once", async () => {
  const first = Promise.withResolvers<void>();
  const answers = [() => first.promise, () => Promise.reject(new Error("fresh"))];
  const check = question("Asking", () => answers.shift()?.());
  await failureWhenAborted(check, fewTurns);
  const second = failureOf(check);
  first.reject(new Error("stale"));
  assert.equal((await second).message, "Asking failed: fresh");
  assert.equal(answers.length, 0);
});

test("a question of several steps is told which run waits now", async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  const seen: boolean[] = [];
  const check = question("Asking", async (waiting) => {
    seen.push(waiting().aborted);
    await promise;
    seen.push(waiting().aborted);
  });
  await failureWhenAborted(check, fewTurns);
  const second = run(check);
  resolve();
  await second;
  assert.deepEqual(seen, [false, false]);
});
