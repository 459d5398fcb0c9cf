import assert from "node:assert/strict";
import { createHistogram } from "node:perf_hooks";
import { mock, test } from "node:test";
import { delayOver } from "../../src/checks/delay-over.ts";

/** A histogram of samples so far apart; it keeps three digits of each. */
function sampled(...intervalsMs: number[]) {
  const histogram = createHistogram();
  for (const ms of intervalsMs) histogram.record(ms * 1_000);
  return histogram;
}

const idle = Array.from({ length: 100 }, () => 20);
const over = (limitMs: number, percentile: number, ...intervalsMs: number[]) => {
  const delay = delayOver(limitMs * 1_000, percentile, 20_000, sampled(...intervalsMs));
  return delay === undefined ? undefined : Math.round(delay / 1_000);
};

test("without a sample there is no delay", () => {
  assert.equal(over(1, 99), undefined);
});

test("an idle loop has no delay at any percentile", () => {
  assert.equal(over(0.1, 50, ...idle), undefined);
  assert.equal(over(0.1, 100, ...idle), undefined);
});

test("one long stall counts for as long as it lasted, though it is one sample in many", () => {
  const intervals = [...idle, 1_500];
  assert.ok(sampled(...intervals).percentile(99) < 21_000);
  // 3.5 s in all, of which 35 ms may be worse than the answer: the last 35 ms of the stall's 1480.
  assert.equal(over(100, 99, ...intervals), 1_445);
});

test("stalls shorter than the share of time that may be worse do not count", () => {
  // 2.04 s in all, of which 20.4 ms may be worse.
  assert.equal(over(1, 99, ...idle, 40), undefined);
  assert.equal(over(1, 99.9, ...idle, 40), 18);
});

test("the hundredth percentile is the longest delay", () => {
  assert.equal(over(1, 100, ...idle, 60, 90), 70);
});

test("several stalls add up", () => {
  // 4 s in all, of which 40 ms may be worse: two stalls of 980 ms, each worse than 960 for 20 ms.
  assert.equal(over(100, 99, ...idle, 1_000, 1_000), 960);
});

test("a delay up to the limit passes", () => {
  assert.equal(over(1_485, 100, ...idle, 1_500), undefined);
  assert.equal(over(1_470, 100, ...idle, 1_500), 1_480);
});

test("no more samples are read than may be later than the limit", () => {
  const reads = (limitMs: number, ...intervalsMs: number[]) => {
    const histogram = sampled(...intervalsMs);
    const percentile = mock.fn((of: number) => histogram.percentile(of));
    delayOver(limitMs * 1_000, 99, 20_000, { count: histogram.count, mean: histogram.mean, percentile });
    return percentile.mock.callCount();
  };
  const busy = Array.from({ length: 5_000 }, () => 25);
  assert.equal(reads(100, ...busy), 1);
  assert.equal(reads(100, ...busy, 500), 2);
  assert.equal(reads(1, ...busy, 2_000), 2);
});
