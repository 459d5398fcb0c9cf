import assert from "node:assert/strict";
import { openSync, closeSync } from "node:fs";
import { test } from "node:test";
import * as conventions from "@opentelemetry/semantic-conventions/incubating";
import { createManualClock } from "@seaworthy/lifecycle/testing";
import { observeProcess } from "../../src/metrics/process.ts";
import { block, createMeter, createMeters, disposeAfter } from "./meters.ts";

test("CPU time is told in seconds by mode, as the kernel counts it", async (t) => {
  const { meter, reader } = createMeter();
  disposeAfter(t, observeProcess({ meter, clock: createManualClock() }));
  const before = process.cpuUsage();
  block(50);
  const { user = 0, system = -1 } = await reader.values("process.cpu.time");
  const after = process.cpuUsage();
  assert.ok(user >= before.user / 1e6 && user <= after.user / 1e6, `${user}`);
  assert.ok(system >= before.system / 1e6 && system <= after.system / 1e6, `${system}`);
});

test("CPU utilization speaks of the same time to every reader", async (t) => {
  const clock = createManualClock();
  const { meter, readers } = createMeters(2);
  disposeAfter(t, observeProcess({ meter, clock }));
  block(100);
  await clock.advance(1_000);
  for (const reader of readers) {
    await reader.collect();
    const { user = 0 } = await reader.values("process.cpu.utilization");
    assert.ok(user > 0 && user < 1, `${user}`);
  }
});

test("memory is what is resident, and uptime is in seconds", async (t) => {
  const { meter, reader } = createMeter();
  disposeAfter(t, observeProcess({ meter, clock: createManualClock() }));
  const { "": memory = 0 } = await reader.values("process.memory.usage");
  assert.ok(memory > 10e6 && memory < 10e9, `${memory}`);
  const { "": uptime = 0 } = await reader.values("process.uptime");
  assert.ok(uptime > 0 && uptime <= process.uptime(), `${uptime}`);
});

test("open files are counted", async (t) => {
  const { meter, reader } = createMeter();
  disposeAfter(t, observeProcess({ meter, clock: createManualClock() }));
  const { "": before = 0 } = await reader.values("process.unix.file_descriptor.count");
  const files = Array.from({ length: 20 }, () => openSync(import.meta.filename, "r"));
  t.after(() => files.forEach((file) => closeSync(file)));
  const { "": after = 0 } = await reader.values("process.unix.file_descriptor.count");
  assert.ok(before > 0 && after >= before + 15, `${before} ${after}`);
});

test("where open files cannot be counted, they are not told", async (t) => {
  const { meter, reader } = createMeter();
  disposeAfter(t, observeProcess({ meter, clock: createManualClock(), openFiles: async () => undefined }));
  assert.deepEqual(await reader.values("process.unix.file_descriptor.count"), {});
});

test("every name is one of the conventions", async (t) => {
  const names = new Set<unknown>(Object.values(conventions).filter((value) => typeof value === "string"));
  const clock = createManualClock();
  const { meter, reader } = createMeter();
  disposeAfter(t, observeProcess({ meter, clock }));
  await clock.advance(10);
  const metrics = await reader.metrics();
  assert.equal(metrics.size, 5);
  for (const [name, { dataPoints }] of metrics) {
    assert.ok(names.has(name), name);
    for (const { attributes } of dataPoints) for (const key of Object.keys(attributes)) assert.ok(names.has(key), key);
  }
});

test("disposed, it observes nothing more and leaves no timer", async () => {
  const clock = createManualClock();
  const { meter, reader } = createMeter();
  observeProcess({ meter, clock })[Symbol.dispose]();
  assert.equal(clock.waiting(), 0);
  assert.equal((await reader.metrics()).size, 0);
});
