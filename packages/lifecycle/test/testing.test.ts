import assert from "node:assert/strict";
import { test } from "node:test";
import { createManualClock } from "../src/testing.ts";

test("a manual clock fires what falls due in the order of time", async () => {
  const clock = createManualClock();
  const fired: string[] = [];
  clock.after(20, () => fired.push(`b at ${clock.now()}`));
  clock.after(10, () => fired.push(`a at ${clock.now()}`));
  clock.after(30, () => fired.push(`c at ${clock.now()}`));
  await clock.advance(25);
  assert.deepEqual(fired, ["a at 10", "b at 20"]);
  assert.equal(clock.now(), 25);
  assert.equal(clock.waiting(), 1);
});

test("a manual clock lets promises settle between timers, also long chains of them", async () => {
  const clock = createManualClock();
  const seen: string[] = [];
  clock.after(1, () => {
    let chain = Promise.resolve();
    for (let link = 0; link < 100; link += 1) chain = chain.then(() => {});
    void chain.then(() => seen.push("chain"));
  });
  clock.after(2, () => seen.push("next"));
  await clock.advance(5);
  assert.deepEqual(seen, ["chain", "next"]);
});

test("a timer set by another fires in the same advance when it is due", async () => {
  const clock = createManualClock();
  const fired: number[] = [];
  clock.after(5, () => clock.after(5, () => fired.push(clock.now())));
  await clock.advance(10);
  assert.deepEqual(fired, [10]);
});

test("a disposed timer never fires", async () => {
  const clock = createManualClock();
  clock.after(1, () => assert.fail())[Symbol.dispose]();
  await clock.advance(5);
});
