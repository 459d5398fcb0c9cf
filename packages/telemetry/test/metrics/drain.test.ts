import assert from "node:assert/strict";
import { test } from "node:test";
import { createLifecycle } from "@seaworthy/lifecycle";
import { createManualClock } from "@seaworthy/lifecycle/testing";
import { observeDrain } from "../../src/metrics/drain.ts";
import { createMeter, disposeAfter } from "./meters.ts";

test("what is in flight is told at all times", async (t) => {
  const lifecycle = createLifecycle({ clock: createManualClock() });
  const { meter, reader } = createMeter();
  disposeAfter(t, observeDrain({ meter, lifecycle }));
  assert.deepEqual(await reader.values("seaworthy.work.in_flight"), { "": 0 });
  lifecycle.beginWork("job");
  lifecycle.beginWork("job");
  assert.deepEqual(await reader.values("seaworthy.work.in_flight"), { "": 2 });
});

test("before a stop there is nothing to tell of a drain", async (t) => {
  const lifecycle = createLifecycle({ clock: createManualClock() });
  const { meter, reader } = createMeter();
  disposeAfter(t, observeDrain({ meter, lifecycle }));
  lifecycle.markStarted();
  assert.deepEqual([...(await reader.metrics()).keys()], ["seaworthy.work.in_flight"]);
});

test("a stop hook sees what was finished and how long the window and the drain took", async (t) => {
  const clock = createManualClock();
  const lifecycle = createLifecycle({ clock });
  const { meter, reader } = createMeter();
  disposeAfter(t, observeDrain({ meter, lifecycle }));
  const told: unknown[] = [];
  lifecycle.onStop("telemetry", async () => {
    told.push(await reader.values("seaworthy.drain.work"), await reader.values("seaworthy.drain.duration"));
  });
  lifecycle.markStarted();
  disposeAfter(t, lifecycle.openDoor());
  lifecycle.beginWork("before").end();
  const jobs = [lifecycle.beginWork("one"), lifecycle.beginWork("two")];
  const stopped = lifecycle.stop({ kind: "os-signal", osSignal: "SIGTERM" });
  await clock.advance(60);
  jobs[0]?.end();
  while (!lifecycle.windowOver.aborted) await clock.advance(100);
  await clock.advance(2_000);
  jobs[1]?.end();
  await clock.advance(10);
  const { steps, finished } = await stopped;
  assert.equal(finished, 2);
  assert.ok(steps.window > 0);
  assert.deepEqual(told, [
    { finished: 2, cut: 0 },
    { window: steps.window / 1e3, drain: steps.drain / 1e3 },
  ]);
});

test("what the drain had no time for is told as cut", async (t) => {
  const clock = createManualClock();
  const lifecycle = createLifecycle({ clock });
  const { meter, reader } = createMeter();
  disposeAfter(t, observeDrain({ meter, lifecycle }));
  let told: unknown;
  lifecycle.onStop("telemetry", async () => {
    told = await reader.values("seaworthy.drain.work");
  });
  lifecycle.markStarted();
  const quick = lifecycle.beginWork("quick");
  lifecycle.beginWork("endless");
  lifecycle.beginWork("endless too");
  const stopped = lifecycle.stop();
  await clock.advance(10);
  quick.end();
  await clock.advance(60_000);
  const { cut, finished } = await stopped;
  assert.equal(cut.length, 2);
  assert.equal(finished, 1);
  assert.deepEqual(told, { finished: 1, cut: 2 });
});

test("disposed, it observes nothing more and listens to nothing", async () => {
  const lifecycle = createLifecycle({ clock: createManualClock() });
  const { meter, reader } = createMeter();
  observeDrain({ meter, lifecycle })[Symbol.dispose]();
  assert.equal((await reader.metrics()).size, 0);
});
