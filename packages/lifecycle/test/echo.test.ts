import assert from "node:assert/strict";
import { test } from "node:test";
import { createEcho } from "../src/echo.ts";
import { createManualClock } from "../src/testing.ts";

test("what comes again within 50 ms is an echo, and not after that", async () => {
  const clock = createManualClock();
  const echo = createEcho(clock);
  assert.equal(echo.repeats("SIGTERM"), false);
  await clock.advance(49);
  assert.equal(echo.repeats("SIGTERM"), true);
  await clock.advance(1);
  assert.equal(echo.repeats("SIGTERM"), false);
});

test("something else is no echo, and ends the one before", async () => {
  const clock = createManualClock();
  const echo = createEcho(clock);
  assert.equal(echo.repeats("SIGINT"), false);
  await clock.advance(10);
  assert.equal(echo.repeats("SIGTERM"), false);
  assert.equal(echo.repeats("SIGINT"), false);
});

test("what came while the loop was starved is an echo until the loop has polled", async () => {
  const clock = createManualClock();
  const turns: (() => void)[] = [];
  const echo = createEcho({ ...clock, turn: () => new Promise((resolve) => void turns.push(resolve)) });
  assert.equal(echo.repeats("SIGTERM"), false);
  await clock.advance(1_000);
  assert.equal(echo.repeats("SIGTERM"), true);
  turns.shift()?.();
  await clock.advance(0);
  assert.equal(echo.repeats("SIGTERM"), false);
});

test("disposing leaves no timer behind", () => {
  const clock = createManualClock();
  const echo = createEcho(clock);
  echo.repeats("SIGTERM");
  echo[Symbol.dispose]();
  assert.equal(clock.waiting(), 0);
});
