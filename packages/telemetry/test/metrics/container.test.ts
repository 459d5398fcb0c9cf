import assert from "node:assert/strict";
import { test } from "node:test";
import * as conventions from "@opentelemetry/semantic-conventions/incubating";
import { observeContainer } from "../../src/metrics/container.ts";
import { fileTree, version1, version2 } from "./file-tree.ts";
import { createMeter, disposeAfter } from "./meters.ts";

const expected = {
  "seaworthy.container.memory.limit": 536_870_912,
  "container.memory.usage": 104_857_600,
  "container.memory.working_set": 100_000_000,
  "container.memory.available": 436_870_912,
  "container.cpu.time": 2.5,
  "seaworthy.container.cpu.limit": 1.5,
  "seaworthy.container.cpu.periods": 1_000,
  "seaworthy.container.cpu.throttled.periods": 50,
  "seaworthy.container.cpu.throttled.time": 0.75,
};

for (const [version, files] of [
  [1, version1],
  [2, version2],
] as const) {
  test(`a container of version ${version} is told by its cgroup`, async (t) => {
    const { meter, reader } = createMeter();
    disposeAfter(t, observeContainer({ meter, readText: fileTree(files) }));
    const told = [...(await reader.metrics())].map(([name, { dataPoints }]) => [
      name,
      Number(Number(dataPoints[0]?.value).toFixed(9)),
    ]);
    assert.deepEqual(Object.fromEntries(told), expected);
  });
}

test("without limits, neither they nor what is left of them are told", async (t) => {
  const { meter, reader } = createMeter();
  const files = { ...version2, "/sys/fs/cgroup/memory.max": "max\n", "/sys/fs/cgroup/cpu.max": "max 100000\n" };
  disposeAfter(t, observeContainer({ meter, readText: fileTree(files) }));
  const names = [...(await reader.metrics()).keys()];
  assert.deepEqual(
    names.filter((name) => /limit|available/.test(name)),
    [],
  );
  assert.ok(names.includes("container.memory.usage"));
});

test("where there is no cgroup with limits, nothing is observed at all", async (t) => {
  const { meter, reader } = createMeter();
  disposeAfter(t, observeContainer({ meter, readText: fileTree({}) }));
  assert.equal((await reader.metrics()).size, 0);
});

test("names are those of the conventions, or say that they are not", async () => {
  const names = new Set<unknown>(Object.values(conventions).filter((value) => typeof value === "string"));
  for (const name of Object.keys(expected)) assert.ok(names.has(name) || name.startsWith("seaworthy."), name);
});

test("the files of this machine can be read", async (t) => {
  const { meter, reader } = createMeter();
  disposeAfter(t, observeContainer({ meter }));
  for (const { dataPoints } of (await reader.metrics()).values()) {
    for (const { value } of dataPoints) assert.ok((value as number) >= 0);
  }
});

test("disposed, it observes nothing more", async () => {
  const { meter, reader } = createMeter();
  observeContainer({ meter, readText: fileTree(version2) })[Symbol.dispose]();
  assert.equal((await reader.metrics()).size, 0);
});
