import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { DataPointType, type Histogram } from "@opentelemetry/sdk-metrics";
import * as conventions from "@opentelemetry/semantic-conventions/incubating";
import { systemClock } from "@seaworthy/lifecycle";
import { createManualClock } from "@seaworthy/lifecycle/testing";
import { observeRuntime } from "../../src/metrics/runtime.ts";
import { loaderFlags } from "./loader-flags.ts";
import { block, createMeter, createMeters, disposeAfter, type TestReader } from "./meters.ts";

/** The delay's statistics after samples were taken. */
const delays = ["min", "max", "mean", "stddev", "p50", "p90", "p99"].map((name) => `nodejs.eventloop.delay.${name}`);

/** Waits until the delay as one reader sees it is as wanted. */
async function untilMax(reader: TestReader, isWanted: (seconds: number) => boolean): Promise<void> {
  for (;;) {
    const { "": max } = await reader.values("nodejs.eventloop.delay.max");
    if (max !== undefined && isWanted(max)) return;
    await sleep(10);
  }
}

const any = (): boolean => true;

describe("the delay of the event loop", () => {
  test("of one stall is seen by every reader, however often any of them collects", async (t) => {
    const { meter, readers } = createMeters(2);
    disposeAfter(t, observeRuntime({ meter, clock: systemClock }));
    const [often, seldom] = readers;
    assert.ok(often && seldom);
    await untilMax(often, any);
    block(300);
    await untilMax(often, (max) => max >= 0.25);
    for (const reader of [often, often, often, seldom, often, seldom]) {
      const { "": max = 0 } = await reader.values("nodejs.eventloop.delay.max");
      assert.ok(max >= 0.25, `${max}`);
    }
  });

  test("does not have the sampling resolution in it", async (t) => {
    const { meter, reader } = createMeter();
    disposeAfter(t, observeRuntime({ meter, clock: systemClock }));
    await untilMax(reader, any);
    await sleep(300);
    const { "": min = 1 } = await reader.values("nodejs.eventloop.delay.min");
    // Samples are 20 ms apart: with the resolution in it, none could be below.
    assert.ok(min >= 0 && min < 0.015, `${min}`);
  });

  test("forgets a stall after two windows and not before one has passed", async (t) => {
    const clock = createManualClock();
    const { meter, reader } = createMeter();
    disposeAfter(t, observeRuntime({ meter, clock, windowMs: 1_000 }));
    await untilMax(reader, any);
    block(600);
    await untilMax(reader, (max) => max >= 0.5);
    for (const ms of [1_000, 999]) {
      await clock.advance(ms);
      const { "": max = 0 } = await reader.values("nodejs.eventloop.delay.max");
      assert.ok(max >= 0.5, `${max}`);
    }
    await clock.advance(1);
    await untilMax(reader, (max) => max < 0.5);
  });

  test("is not told before there was a sample", async (t) => {
    const { meter, reader } = createMeter();
    disposeAfter(t, observeRuntime({ meter, clock: createManualClock() }));
    const metrics = await reader.metrics();
    assert.deepEqual(
      delays.filter((name) => metrics.has(name)),
      [],
    );
  });
});

test("the time of the event loop is told by state, and its utilization over the same window for every reader", async (t) => {
  const { meter, readers } = createMeters(2);
  disposeAfter(t, observeRuntime({ meter, clock: createManualClock() }));
  await sleep(1);
  block(200);
  for (const reader of readers) {
    await reader.collect();
    const { active = 0, idle = -1 } = await reader.values("nodejs.eventloop.time");
    assert.ok(active >= 0.2 && idle >= 0, `${active} ${idle}`);
    const { "": utilization = 0 } = await reader.values("nodejs.eventloop.utilization");
    assert.ok(utilization > 0.5 && utilization <= 1, `${utilization}`);
  }
});

test("garbage collections are recorded by type", async (t) => {
  const { meter, reader } = createMeter();
  disposeAfter(t, observeRuntime({ meter, clock: createManualClock() }));
  let kept: unknown[] = [];
  const types = async (): Promise<readonly unknown[]> =>
    ((await reader.metrics()).get("v8js.gc.duration")?.dataPoints ?? []).map(
      ({ attributes }) => attributes["v8js.gc.type"],
    );
  while (!(await types()).includes("minor")) {
    kept = Array.from({ length: 100_000 }, (_, at) => ({ at, before: kept.length }));
    await sleep(1);
  }
  const metric = (await reader.metrics()).get("v8js.gc.duration");
  for (const { value } of metric?.dataPoints ?? []) {
    const { count, sum = 0, buckets } = value as Histogram;
    assert.ok(count > 0 && sum > 0);
    assert.deepEqual(buckets.boundaries, [0.01, 0.1, 1, 10]);
  }
});

test("heap spaces are told by name", async (t) => {
  const { meter, reader } = createMeter();
  disposeAfter(t, observeRuntime({ meter, clock: createManualClock() }));
  const used = await reader.values("v8js.memory.heap.used");
  const size = await reader.values("v8js.memory.heap.space.size");
  assert.ok((used["old_space"] ?? 0) > 0);
  assert.ok((size["old_space"] ?? 0) >= (used["old_space"] ?? 0));
  assert.deepEqual(Object.keys(size), Object.keys(used));
});

test("every name is one of the conventions", async (t) => {
  const names = new Set<unknown>(
    Object.entries(conventions).flatMap(([key, value]) => (key.startsWith("METRIC_") ? [value] : [])),
  );
  const attributes = new Set<unknown>(
    Object.entries(conventions).flatMap(([key, value]) => (key.startsWith("ATTR_") ? [value] : [])),
  );
  const { meter, reader } = createMeter();
  disposeAfter(t, observeRuntime({ meter, clock: createManualClock() }));
  await untilMax(reader, any);
  const metrics = await reader.metrics();
  assert.ok(delays.every((name) => metrics.has(name)));
  for (const [name, { descriptor, dataPoints }] of metrics) {
    assert.ok(names.has(name), name);
    assert.ok(descriptor.description.length > 0);
    for (const point of dataPoints)
      for (const key of Object.keys(point.attributes)) assert.ok(attributes.has(key), key);
  }
});

test("what rises and falls is no counter", async (t) => {
  const { meter, reader } = createMeter();
  disposeAfter(t, observeRuntime({ meter, clock: createManualClock() }));
  for (const [name, metric] of await reader.metrics()) {
    if (!name.startsWith("v8js.memory")) continue;
    assert.ok(metric.dataPointType === DataPointType.SUM && !metric.isMonotonic);
  }
});

test("disposed, it observes nothing more and leaves no timer", async () => {
  const clock = createManualClock();
  const { meter, reader } = createMeter();
  const runtime = observeRuntime({ meter, clock });
  runtime[Symbol.dispose]();
  runtime[Symbol.dispose]();
  assert.equal(clock.waiting(), 0);
  await sleep(60);
  assert.deepEqual([...(await reader.metrics()).keys()], []);
});

test("none of it holds the process", () => {
  const fixture = fileURLToPath(new URL("observed.fixture.ts", import.meta.url));
  const { status, stdout, stderr, signal } = spawnSync(process.execPath, [...loaderFlags, fixture], {
    encoding: "utf8",
    timeout: 30_000,
    env: {},
  });
  assert.deepEqual({ status, signal, stdout, stderr }, { status: 0, signal: null, stdout: "observed\n", stderr: "" });
});
