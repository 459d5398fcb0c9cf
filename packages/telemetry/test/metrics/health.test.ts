import assert from "node:assert/strict";
import { test } from "node:test";
import type { Histogram } from "@opentelemetry/sdk-metrics";
import { type Health, createHealth } from "@seaworthy/health";
import { type Lifecycle, createLifecycle } from "@seaworthy/lifecycle";
import { type ManualClock, createManualClock } from "@seaworthy/lifecycle/testing";
import { observeHealth } from "../../src/metrics/health.ts";
import { observePhase } from "../../src/metrics/phase.ts";
import { createMeter, disposeAfter } from "./meters.ts";

function createLife(): { clock: ManualClock; lifecycle: Lifecycle; health: Health } {
  const clock = createManualClock();
  const lifecycle = createLifecycle({ clock });
  return { clock, lifecycle, health: createHealth(lifecycle) };
}

test("a check is told by its status, with 0 for those it does not have", async (t) => {
  const { health } = createLife();
  const { meter, reader } = createMeter();
  disposeAfter(t, observeHealth({ meter, health }));
  const check = health.pushCheck("postgres");
  const status = (): Promise<object> => reader.values("seaworthy.health.check.status");
  assert.deepEqual(await status(), { "postgres unknown": 1, "postgres pass": 0, "postgres fail": 0 });
  check.pass();
  assert.deepEqual(await status(), { "postgres unknown": 0, "postgres pass": 1, "postgres fail": 0 });
});

test("a check that was taken away has none of the statuses", async (t) => {
  const { health } = createLife();
  const { meter, reader } = createMeter();
  disposeAfter(t, observeHealth({ meter, health }));
  const check = health.pushCheck("postgres");
  check.pass();
  await reader.collect();
  check[Symbol.dispose]();
  const values = await reader.values("seaworthy.health.check.status");
  assert.deepEqual(values, { "postgres unknown": 0, "postgres pass": 0, "postgres fail": 0 });
});

test("a result that is too old to count is told as such", async (t) => {
  const { clock, health } = createLife();
  const { meter, reader } = createMeter();
  disposeAfter(t, observeHealth({ meter, health }));
  health.pushCheck("queue", { staleAfterMs: 1_000 }).pass();
  assert.deepEqual(await reader.values("seaworthy.health.check.stale"), { queue: 0 });
  await clock.advance(1_001);
  assert.deepEqual(await reader.values("seaworthy.health.check.stale"), { queue: 1 });
});

test("flapping is counted by the status it came to", async (t) => {
  const { health } = createLife();
  const { meter, reader } = createMeter();
  disposeAfter(t, observeHealth({ meter, health }));
  const check = health.pushCheck("postgres", { failAfter: 1, passAfter: 1 });
  for (let turn = 0; turn < 3; turn += 1) {
    check.pass();
    check.pass();
    check.fail(new Error("no answer"));
  }
  assert.deepEqual(await reader.values("seaworthy.health.check.transitions"), {
    "postgres pass": 3,
    "postgres fail": 3,
  });
});

test("runs are recorded with how long they took", async (t) => {
  const { clock, health } = createLife();
  const { meter, reader } = createMeter();
  disposeAfter(t, observeHealth({ meter, health }));
  let slow = Promise.withResolvers<void>();
  health.check("postgres", () => slow.promise, { intervalMs: 1_000, timeoutMs: 500, jitter: 0 });
  await clock.advance(0);
  await clock.advance(200);
  slow.resolve();
  slow = Promise.withResolvers();
  await clock.advance(800);
  slow.reject(new Error("no answer"));
  await clock.advance(0);
  const points = (await reader.metrics()).get("seaworthy.health.check.duration")?.dataPoints ?? [];
  const told = points.map(({ attributes, value }) => [
    attributes["seaworthy.health.check.name"],
    attributes["seaworthy.health.check.result"],
    (value as Histogram).count,
    (value as Histogram).sum,
  ]);
  assert.deepEqual(told, [
    ["postgres", "pass", 1, 0.2],
    ["postgres", "fail", 1, 0],
  ]);
});

test("each probe is told by its result", async (t) => {
  const { lifecycle, health } = createLife();
  const { meter, reader } = createMeter();
  disposeAfter(t, observeHealth({ meter, health }));
  assert.deepEqual(await reader.values("seaworthy.health.probe.result"), {
    "startup pass": 0,
    "startup fail": 1,
    "liveness pass": 1,
    "liveness fail": 0,
    "readiness pass": 0,
    "readiness fail": 1,
  });
  lifecycle.markStarted();
  const values = await reader.values("seaworthy.health.probe.result");
  assert.equal(values["readiness pass"], 1);
  assert.equal(values["readiness fail"], 0);
});

test("the checks of another health are not told", async (t) => {
  const { health } = createLife();
  const { meter, reader } = createMeter();
  disposeAfter(t, observeHealth({ meter, health }));
  createLife().health.pushCheck("other").pass();
  assert.deepEqual(await reader.values("seaworthy.health.check.transitions"), {});
});

test("names of checks are bounded", async (t) => {
  const { health } = createLife();
  const { meter, reader } = createMeter();
  disposeAfter(t, observeHealth({ meter, health }));
  for (let tenant = 0; tenant < 600; tenant += 1) {
    const check = health.pushCheck(`tenant-${tenant}`);
    await reader.collect();
    check[Symbol.dispose]();
  }
  assert.equal(Object.keys(await reader.values("seaworthy.health.check.stale")).length, 500);
});

test("the phase is 1 for where the process is and 0 for every other", async (t) => {
  const { lifecycle } = createLife();
  const { meter, reader } = createMeter();
  disposeAfter(t, observePhase({ meter, lifecycle }));
  const phase = (): Promise<object> => reader.values("seaworthy.lifecycle.phase");
  assert.deepEqual(await phase(), { starting: 1, started: 0, draining: 0, stopping: 0, stopped: 0 });
  lifecycle.markStarted();
  assert.deepEqual(await phase(), { starting: 0, started: 1, draining: 0, stopping: 0, stopped: 0 });
});

test("disposed, it hears and observes nothing more", async () => {
  const { health, lifecycle } = createLife();
  const { meter, reader } = createMeter();
  observeHealth({ meter, health })[Symbol.dispose]();
  observePhase({ meter, lifecycle })[Symbol.dispose]();
  health.pushCheck("postgres").pass();
  assert.equal((await reader.metrics()).size, 0);
});
