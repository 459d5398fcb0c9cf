import assert from "node:assert/strict";
import { totalmem } from "node:os";
import process from "node:process";
import { type TestContext, test } from "node:test";
import { type MemoryReadings, memory, memoryFrom, readMemory } from "../../src/checks/memory.ts";
import { assertRefused } from "./options.ts";
import { failureOf, run } from "./run.ts";

const gib = 1024 ** 3;
const calm: MemoryReadings = { heapUsed: gib, heapLimit: 4 * gib, rss: gib, containerLimit: 2 * gib };

test("memory within its limits passes", async () => {
  await run(memoryFrom(() => calm, {}));
});

test("a heap near V8's limit fails the check, with both numbers", async () => {
  const error = await failureOf(memoryFrom(() => ({ ...calm, heapUsed: 3.9 * gib }), {}));
  assert.equal(error.message, "V8 heap in use is 97.5 % (3.9 GiB of 4 GiB), limit 95 %");
});

test("a process near its container's limit fails the check, with both numbers", async () => {
  const error = await failureOf(memoryFrom(() => ({ ...calm, rss: 3.9 * gib, containerLimit: 4 * gib }), {}));
  assert.equal(error.message, "Resident memory is 97.5 % (3.9 GiB of 4 GiB), limit 95 %");
});

test("a process without a container limit is not judged by its resident memory", async () => {
  await run(memoryFrom(() => ({ ...calm, rss: 64 * gib, containerLimit: undefined }), {}));
});

test("the limits can be set", async () => {
  await failureOf(memoryFrom(() => calm, { maxHeapRatio: 0.2 }));
  await failureOf(memoryFrom(() => calm, { maxRssRatio: 0.4 }));
  await run(
    memoryFrom(() => ({ ...calm, heapUsed: 3.99 * gib, rss: 1.99 * gib }), { maxHeapRatio: 1, maxRssRatio: 1 }),
  );
});

test("this process's own memory is read", async () => {
  await run(memory({ maxRssRatio: 1 }));
  const error = await failureOf(memory({ maxHeapRatio: 0.000_001 }));
  assert.match(error.message, /^V8 heap in use is [\d.]+ % \([\d.]+ MiB of [\d.]+ (MiB|GiB)\), limit 0\.0001 %$/);
});

function constrainedTo(t: TestContext, bytes: number): MemoryReadings {
  t.mock.method(process, "constrainedMemory", () => bytes);
  return readMemory();
}

test("a container limit below the machine's memory is one", (t) => {
  assert.equal(constrainedTo(t, totalmem() / 2).containerLimit, totalmem() / 2);
});

test("what Node reports without a limit is none: 0 for unknown, 2 ** 64 for a cgroup's own", (t) => {
  for (const bytes of [0, 2 ** 63 - 4096, 2 ** 64]) assert.equal(constrainedTo(t, bytes).containerLimit, undefined);
});

test("options of the wrong type or range are refused", () => {
  for (const ratio of [0, 1.5, -0.1, Number.NaN, "0.9", null]) {
    assertRefused(() => memory({ maxHeapRatio: ratio as number }), "`maxHeapRatio`");
    assertRefused(() => memory({ maxRssRatio: ratio as number }), "`maxRssRatio`");
  }
  assertRefused(() => memory("95 %" as never), "memory()");
});
