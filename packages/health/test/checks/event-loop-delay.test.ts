import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { type EventLoopDelayOptions, eventLoopDelay } from "../../src/checks/event-loop-delay.ts";
import { assertRefused } from "./options.ts";
import { failureOf, run } from "./run.ts";
import { block } from "./until.ts";

test("the first run passes, as nothing was sampled yet", async (t) => {
  const check = eventLoopDelay({ maxMs: 0.001, percentile: 100 });
  t.after(() => check[Symbol.dispose]?.());
  block(50);
  await run(check);
});

test("a blocked loop fails the check, even when the check is the first to run after it", async (t) => {
  const check = eventLoopDelay({ maxMs: 100 });
  t.after(() => check[Symbol.dispose]?.());
  await run(check);
  await sleep(60);
  block(400);
  const error = await failureOf(check);
  assert.match(error.message, /^Event loop delay \(p99\) is [\d.]+ ms, limit 100 ms$/);
});

test("each run looks at the time since the run before", async (t) => {
  const check = eventLoopDelay({ maxMs: 250, percentile: 75 });
  t.after(() => check[Symbol.dispose]?.());
  await run(check);
  await sleep(60);
  block(800);
  await failureOf(check);
  await sleep(200);
  await run(check);
});

test("the time between two samples is no delay", async (t) => {
  const check = eventLoopDelay({ maxMs: 150, percentile: 90, resolutionMs: 200 });
  t.after(() => check[Symbol.dispose]?.());
  await run(check);
  await sleep(900);
  await run(check);
});

test("disposing ends the sampling, twice does no harm, and a run after that begins anew", async () => {
  const check = eventLoopDelay({ maxMs: 0.001, percentile: 100 });
  await run(check);
  await sleep(60);
  block(50);
  check[Symbol.dispose]?.();
  check[Symbol.dispose]?.();
  await run(check);
  check[Symbol.dispose]?.();
});

test("options of the wrong type or range are refused", () => {
  const build = (options: object) => () => eventLoopDelay(options as EventLoopDelayOptions);
  assertRefused(() => eventLoopDelay(undefined as never), "eventLoopDelay()");
  for (const maxMs of [undefined, 0, -1, Number.NaN, Infinity, "100"]) assertRefused(build({ maxMs }), "`maxMs`");
  for (const percentile of [0, 101, Number.NaN, "99", null]) {
    assertRefused(build({ maxMs: 1, percentile }), "`percentile`");
  }
  for (const resolutionMs of [0, 0.5, 2.5, "20", Infinity]) {
    assertRefused(build({ maxMs: 1, resolutionMs }), "`resolutionMs`");
  }
});
