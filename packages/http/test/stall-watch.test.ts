import assert from "node:assert/strict";
import { test } from "node:test";
import { type HealthSnapshot, answerProbe } from "@seaworthy/health";
import type { Stall } from "../src/probe-messages.ts";
import { type StallWatch, watchStalls } from "../src/stall-watch.ts";

const started: HealthSnapshot = {
  phase: "started",
  leaving: false,
  windowOver: false,
  readinessWhileDraining: "fail",
  startupPending: [],
  checks: [],
};

/** A watch over an age that the test sets, and the stalls that it told. */
function watch(): { readonly watched: StallWatch; readonly stalls: readonly Stall[]; at(ageMs: number): void } {
  let age = 0;
  const stalls: Stall[] = [];
  const limits = { readinessLimitMs: 2_000, livenessLimitMs: 30_000 };
  const watched = watchStalls(
    () => age,
    limits,
    (stall) => stalls.push(stall),
  );
  return {
    watched,
    stalls,
    at(ageMs) {
      age = ageMs;
      watched.look();
    },
  };
}

test("a stall is told once it is over, with how long it was and what failed because of it", () => {
  const { watched, stalls, at } = watch();
  for (const age of [500, 1_900, 2_100, 5_000]) at(age);
  for (const probe of ["readiness", "readiness", "startup", "liveness"] as const) {
    watched.answered(answerProbe(probe, { ...started, heartbeat: watched.look() }));
  }
  assert.deepEqual(stalls, []);
  at(0);
  assert.deepEqual(stalls, [{ ageMs: 5_000, failed: { startup: 1, liveness: 0, readiness: 2 } }]);
  at(400);
  at(0);
  assert.equal(stalls.length, 1);
});

test("each stall has its own account", () => {
  const { watched, stalls, at } = watch();
  at(31_000);
  watched.answered(answerProbe("liveness", { ...started, heartbeat: watched.look() }));
  at(0);
  at(3_000);
  at(100);
  assert.deepEqual(
    stalls.map(({ failed }) => failed.liveness),
    [1, 0],
  );
});

test("a probe that fails for another reason is not counted", () => {
  const { watched, stalls, at } = watch();
  at(2_500);
  watched.answered(answerProbe("liveness", { ...started, heartbeat: watched.look() }));
  at(0);
  watched.answered(answerProbe("readiness", { ...started, phase: "starting", heartbeat: watched.look() }));
  at(2_500);
  at(0);
  assert.deepEqual(
    stalls.map(({ failed }) => Object.values(failed)),
    [
      [0, 0, 0],
      [0, 0, 0],
    ],
  );
});
