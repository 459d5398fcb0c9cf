import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { createManualClock } from "@seaworthy/lifecycle/testing";
import { type Door, createDrainWindow } from "../src/drain-window.ts";

const bounds = { minMs: 1_000, maxMs: 15_000, quietMs: 500 };

/** A window that has begun to pass; `endedAt` tells when it was over. */
function passing({ doors = 1, cut = new AbortController().signal, of = bounds, arrivedBefore = false } = {}) {
  const clock = createManualClock();
  const window = createDrainWindow(clock);
  const open: Door[] = Array.from({ length: doors }, () => window.open());
  if (arrivedBefore) open[0]?.arrived();
  let endedAt: number | undefined;
  void window.pass(of, cut).then(() => (endedAt = clock.now()));
  return { clock, open, window, endedAt: () => endedAt };
}

describe("the drain window is adaptive", () => {
  test("without a door it is over at once", async () => {
    const { clock, endedAt } = passing({ doors: 0 });
    await clock.advance(0);
    assert.equal(endedAt(), 0);
  });

  test("when nothing arrives it lasts its minimum", async () => {
    const { clock, endedAt } = passing();
    await clock.advance(999);
    assert.equal(endedAt(), undefined);
    await clock.advance(1);
    assert.equal(endedAt(), 1_000);
  });

  test("an arrival keeps it open for a quiet period more", async () => {
    const { clock, open, endedAt } = passing();
    await clock.advance(900);
    open[0]?.arrived();
    await clock.advance(5_000);
    assert.equal(endedAt(), 1_400);
  });

  test("an arrival just before the stop counts too", async () => {
    const { clock, endedAt } = passing({ arrivedBefore: true, of: { minMs: 0, maxMs: 15_000, quietMs: 500 } });
    await clock.advance(5_000);
    assert.equal(endedAt(), 500);
  });

  test("an arrival in the minimum does not end it sooner", async () => {
    const { clock, open, endedAt } = passing();
    await clock.advance(100);
    open[0]?.arrived();
    await clock.advance(5_000);
    assert.equal(endedAt(), 1_000);
  });

  test("under steady arrivals it lasts its maximum", async () => {
    const { clock, open, endedAt } = passing();
    for (let at = 0; at < 20_000; at += 100) {
      open[0]?.arrived();
      await clock.advance(100);
    }
    assert.equal(endedAt(), 15_000);
  });

  test("it listens at every door", async () => {
    const { clock, open, endedAt } = passing({ doors: 2 });
    await clock.advance(800);
    open[0]?.[Symbol.dispose]();
    open[1]?.arrived();
    await clock.advance(5_000);
    assert.equal(endedAt(), 1_300);
  });

  test("once the last door has closed it is over at the next look", async () => {
    const { clock, open, endedAt } = passing();
    await clock.advance(800);
    open[0]?.arrived();
    open[0]?.[Symbol.dispose]();
    await clock.advance(5_000);
    assert.equal(endedAt(), 1_000);
  });

  test("a maximum of 0 means none", async () => {
    const { clock, endedAt } = passing({ of: { minMs: 0, maxMs: 0, quietMs: 500 }, arrivedBefore: true });
    await clock.advance(0);
    assert.equal(endedAt(), 0);
  });
});

test("a cut ends the window at once and leaves no timer", async () => {
  const cut = new AbortController();
  const { clock, endedAt } = passing({ cut: cut.signal });
  await clock.advance(300);
  cut.abort();
  assert.equal(clock.waiting(), 0);
  await clock.advance(0);
  assert.equal(endedAt(), 300);
});

test("a window that is cut before it begins is over at once", async () => {
  const { clock, endedAt } = passing({ cut: AbortSignal.abort() });
  await clock.advance(0);
  assert.equal(endedAt(), 0);
});

test("bounds that are narrowed on the way count", async () => {
  const of = { ...bounds };
  const { clock, open, endedAt } = passing({ of });
  await clock.advance(900);
  of.maxMs = 1_200;
  open[0]?.arrived();
  await clock.advance(5_000);
  assert.equal(endedAt(), 1_200);
});
