import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { createManualClock } from "@seaworthy/lifecycle/testing";
import { type Budgets, startBudgets } from "../src/budgets.ts";
import { type LifecycleOptions, resolveLifecycleOptions } from "../src/options.ts";

function budget(totalMs: number, options: LifecycleOptions = {}) {
  const clock = createManualClock();
  return { clock, budgets: startBudgets(resolveLifecycleOptions({ clock, ...options }), totalMs) };
}

const remaining = ({ drain, release, whole }: Budgets): readonly number[] =>
  [drain, release, whole].map((deadline) => Math.round(deadline.remainingMs()));

describe("everything is cut from one deadline", () => {
  test("the stop tail is kept back, and a second of it is for work to let go", () => {
    assert.deepEqual(remaining(budget(29_000).budgets), [24_000, 25_000, 29_000]);
  });

  test("of a short stop tail, a quarter is for work to let go", () => {
    assert.deepEqual(remaining(budget(29_000, { stopTailMs: 2_000 }).budgets), [27_000, 27_500, 29_000]);
  });

  test("a shorter stop has slices of the same proportions", () => {
    const { budgets } = budget(2_900);
    assert.deepEqual(remaining(budgets), [2_400, 2_525, 2_900]);
    assert.deepEqual(budgets.window, { minMs: 100, maxMs: 1_500, quietMs: 100 });
  });

  test("without a stop tail, all of it is for the drain", () => {
    assert.deepEqual(remaining(budget(1_000, { stopTailMs: 0 }).budgets), [1_000, 1_000, 1_000]);
  });

  test("a grace period of which nothing is left still has slices", () => {
    const nothing = { gracePeriodMs: 100, exitReserveMs: 100, stopTailMs: 0, drainWindow: { maxMs: 0 } };
    assert.deepEqual(remaining(budget(0, nothing).budgets), [0, 0, 0]);
  });
});

test("shortening cuts what is left in the same proportions, the window too", async () => {
  const { clock, budgets } = budget(29_000);
  await clock.advance(1_000);
  budgets.shorten(2_900);
  assert.deepEqual(remaining(budgets), [2_400, 2_525, 2_900]);
  assert.deepEqual(budgets.window, { minMs: 100, maxMs: 1_500, quietMs: 100 });
});

test("shortening never gives more", async () => {
  const { clock, budgets } = budget(29_000);
  await clock.advance(27_000);
  budgets.shorten(5_000);
  assert.deepEqual(remaining(budgets), [0, 0, 2_000]);
});

test("deadlines that a starved loop has missed pass in their order when they are checked", () => {
  const clock = createManualClock();
  let late = 0;
  const starved = { ...clock, now: () => clock.now() + late };
  const budgets = startBudgets(resolveLifecycleOptions({ clock: starved }), 29_000);
  const passed: string[] = [];
  for (const name of ["whole", "release", "drain"] as const) {
    budgets[name].passed.addEventListener("abort", () => passed.push(name));
  }
  late = 26_000;
  budgets.check();
  assert.deepEqual(passed, ["drain", "release"]);
  late = 29_000;
  budgets.check();
  assert.deepEqual(passed, ["drain", "release", "whole"]);
});

test("disposed budgets leave no timer", () => {
  const { clock, budgets } = budget(29_000);
  assert.equal(clock.waiting(), 3);
  budgets[Symbol.dispose]();
  assert.equal(clock.waiting(), 0);
});
