import assert from "node:assert/strict";
import { test } from "node:test";
import { type ManualClock, createManualClock } from "@seaworthy/lifecycle/testing";
import { type MainThread, createMainThread } from "../src/main-thread.ts";
import { textAnswer } from "../src/probe-answer.ts";

const request = { method: "GET", url: "/metrics", headers: {} };

/** A main thread that takes and answers when the test does it, and what was sent to it. */
function asked(): { readonly clock: ManualClock; readonly main: MainThread; readonly sent: readonly string[] } {
  const clock = createManualClock();
  const sent: string[] = [];
  const main = createMainThread(clock, ({ kind, id }) => void sent.push(`${kind} ${id}`));
  return { clock, main, sent };
}

test("a question is answered by the main thread, however long that takes once it was taken", async () => {
  const { clock, main, sent } = asked();
  const answer = main.ask(request);
  main.taken(1);
  await clock.advance(60_000);
  main.answer(1, textAnswer(200, "42\n"));
  assert.equal((await answer).body, "42\n");
  assert.deepEqual(sent, ["ask 1"]);
});

test("one that is not taken within a second is answered with 503, and withdrawn", async () => {
  const { clock, main, sent } = asked();
  const answer = main.ask(request);
  await clock.advance(1_000);
  assert.equal((await answer).status, 503);
  assert.match(String((await answer).body), /main thread does not come round/);
  assert.deepEqual(sent, ["ask 1", "withdraw 1"]);
});

test("a main thread that does not come round is sent 64 questions and no more, until it does", async () => {
  const { clock, main, sent } = asked();
  const answers = Array.from({ length: 100 }, () => main.ask(request));
  assert.equal(sent.length, 64);
  assert.equal((await answers.at(-1))?.status, 503);
  await clock.advance(1_000);
  assert.equal((await main.ask(request)).status, 503);
  for (let id = 1; id <= 64; id += 1) main.taken(id);
  const answer = main.ask(request);
  main.taken(65);
  main.answer(65, textAnswer(200, "round again\n"));
  assert.equal((await answer).status, 200);
});

test("what it has taken before it stood still is answered with 503, and what it has not, in its own time", async () => {
  const { clock, main, sent } = asked();
  const taken = main.ask(request);
  main.taken(1);
  const untaken = main.ask(request);
  main.stalled();
  assert.equal((await taken).status, 503);
  assert.match(String((await taken).body), /took this question and stands still/);
  main.answer(1, textAnswer(200, "too late\n"));
  main.taken(2);
  main.answer(2, textAnswer(200, "round again\n"));
  await clock.advance(1_000);
  assert.equal((await untaken).status, 200);
  assert.deepEqual(sent, ["ask 1", "ask 2"]);
});

test("an answer that nobody waits for any more is let go of", async () => {
  const { clock, main } = asked();
  const answer = main.ask(request);
  await clock.advance(1_000);
  main.taken(1);
  main.answer(1, textAnswer(200, "too late\n"));
  assert.equal((await answer).status, 503);
});
