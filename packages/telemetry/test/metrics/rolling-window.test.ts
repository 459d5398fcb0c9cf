import assert from "node:assert/strict";
import { test } from "node:test";
import { createManualClock } from "@seaworthy/lifecycle/testing";
import { createRollingWindow, windowFor } from "../../src/metrics/rolling-window.ts";
import { disposeAfter } from "./meters.ts";

test("the oldest measurement began one to two windows ago, or at the start", async (t) => {
  const clock = createManualClock();
  const window = disposeAfter(
    t,
    createRollingWindow(clock, 100, () => clock.now()),
  );
  const ages: [at: number, began: number][] = [];
  for (let at = 0; at <= 450; at += 50) {
    ages.push([clock.now(), window.oldest]);
    await clock.advance(50);
  }
  assert.deepEqual(ages, [
    [0, 0],
    [50, 0],
    [100, 0],
    [150, 0],
    [200, 100],
    [250, 100],
    [300, 200],
    [350, 200],
    [400, 300],
    [450, 300],
  ]);
});

test("asking takes nothing away", (t) => {
  const window = disposeAfter(
    t,
    createRollingWindow(createManualClock(), 100, () => ({})),
  );
  assert.equal(window.oldest, window.oldest);
});

test("a past measurement is handed back to be started over", async (t) => {
  const clock = createManualClock();
  const handed: unknown[] = [];
  let made = 0;
  const window = createRollingWindow<number>(clock, 100, (past) => {
    handed.push(past);
    made += past === undefined ? 1 : 0;
    return past ?? made;
  });
  disposeAfter(t, window);
  await clock.advance(300);
  assert.deepEqual(handed, [undefined, undefined, 1, 2, 1]);
});

test("disposing leaves no timer behind", () => {
  const clock = createManualClock();
  const window = createRollingWindow(clock, 100, () => 0);
  assert.equal(clock.waiting(), 1);
  window[Symbol.dispose]();
  assert.equal(clock.waiting(), 0);
});

test("a window reaches as far back as the push, the scrape, and what is measured ask for", () => {
  assert.equal(windowFor(5_000, false), 5_000);
  assert.equal(windowFor(5_000, true), 60_000);
  assert.equal(windowFor(300_000, true), 300_000);
  assert.equal(windowFor(1, false), 1_000);
});
