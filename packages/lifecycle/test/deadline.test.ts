import assert from "node:assert/strict";
import { test } from "node:test";
import { createManualClock } from "@seaworthy/lifecycle/testing";
import { startDeadline } from "../src/deadline.ts";

test("a deadline counts down, passes, and stays at 0", async () => {
  const clock = createManualClock();
  const deadline = startDeadline(clock, 100);
  await clock.advance(99);
  assert.equal(deadline.remainingMs(), 1);
  assert.equal(deadline.passed.aborted, false);
  await clock.advance(1);
  assert.equal(deadline.passed.aborted, true);
  assert.equal((deadline.passed.reason as DOMException).name, "TimeoutError");
  await clock.advance(50);
  assert.equal(deadline.remainingMs(), 0);
});

test("a deadline moves nearer, never further away", async () => {
  const clock = createManualClock();
  const deadline = startDeadline(clock, 100);
  deadline.shorten(200);
  assert.equal(deadline.remainingMs(), 100);
  deadline.shorten(10);
  assert.equal(deadline.remainingMs(), 10);
  assert.equal(clock.waiting(), 1);
  await clock.advance(10);
  assert.equal(deadline.passed.aborted, true);
  deadline.shorten(5);
  assert.equal(clock.waiting(), 0);
});

test("a deadline that a starved loop has missed passes when it is checked", () => {
  const clock = createManualClock();
  let late = 0;
  const deadline = startDeadline({ ...clock, now: () => clock.now() + late }, 100);
  deadline.check();
  assert.equal(deadline.passed.aborted, false);
  late = 100;
  deadline.check();
  assert.equal(deadline.passed.aborted, true);
});

test("a timer that fires early is set again", async () => {
  const clock = createManualClock();
  let early = 0;
  const deadline = startDeadline({ ...clock, now: () => clock.now() - early }, 100);
  early = 0.5;
  await clock.advance(100);
  assert.equal(deadline.passed.aborted, false);
  await clock.advance(1);
  assert.equal(deadline.passed.aborted, true);
});

test("a disposed deadline leaves no timer", async () => {
  const clock = createManualClock();
  const deadline = startDeadline(clock, 100);
  deadline[Symbol.dispose]();
  assert.equal(clock.waiting(), 0);
  await clock.advance(200);
  assert.equal(deadline.passed.aborted, false);
});
