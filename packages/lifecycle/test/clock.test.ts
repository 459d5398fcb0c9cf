import assert from "node:assert/strict";
import { test } from "node:test";
import { systemClock } from "../src/clock.ts";

test("the system's clock never goes back", () => {
  const before = systemClock.now();
  assert.ok(systemClock.now() >= before);
});

test("the system's timer calls once, and not at all when it was disposed", async () => {
  let calls = 0;
  systemClock.after(0, () => (calls += 1))[Symbol.dispose]();
  await new Promise<void>((resolve) => void systemClock.after(2, resolve, { ref: true }));
  assert.equal(calls, 0);
});

test("a delay that Node cannot hold does not fire at once", async (t) => {
  let fired = false;
  const timers = [2 ** 31, Infinity].map((ms) => systemClock.after(ms, () => (fired = true)));
  t.after(() => timers.forEach((timer) => timer[Symbol.dispose]()));
  await new Promise<void>((resolve) => void systemClock.after(5, resolve, { ref: true }));
  assert.equal(fired, false);
});

test("a delay below 0 is none", async () => {
  await new Promise<void>((resolve) => void systemClock.after(-100, resolve, { ref: true }));
});

test("a turn lets the event loop come round", async () => {
  let polled = false;
  setImmediate(() => (polled = true));
  await systemClock.turn();
  assert.equal(polled, true);
});
