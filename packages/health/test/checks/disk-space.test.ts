import assert from "node:assert/strict";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { type DiskSpaceOptions, diskSpace, diskSpaceFrom } from "../../src/checks/disk-space.ts";
import { assertRefused } from "./options.ts";
import { failureOf, failureWhenAborted, run } from "./run.ts";
import { fewTurns } from "./until.ts";

const path = "/data";
const gib = 1024 ** 3;
const withFree = (share: number) => async () => ({ bsize: 4096, blocks: gib / 4096, bavail: (gib / 4096) * share });

test("a file system with a tenth free passes by default, and with less it fails with the numbers", async () => {
  await run(diskSpaceFrom(withFree(0.1), { path }));
  const error = await failureOf(diskSpaceFrom(withFree(0.0625), { path }));
  assert.equal(error.message, "Free space on /data is 64 MiB, 6.3 % of 1 GiB; at least 10 % expected");
});

test("a least number of bytes takes the place of the default share", async () => {
  await run(diskSpaceFrom(withFree(0.0625), { path, minFreeBytes: 64 * 1024 ** 2 }));
  const error = await failureOf(diskSpaceFrom(withFree(0.0625), { path, minFreeBytes: 100_000_000 }));
  assert.match(error.message, /; at least 95\.4 MiB expected$/);
});

test("both limits hold when both are set", async () => {
  await run(diskSpaceFrom(withFree(0.5), { path, minFreeBytes: 1, minFreeRatio: 0.5 }));
  await failureOf(diskSpaceFrom(withFree(0.4), { path, minFreeBytes: 1, minFreeRatio: 0.5 }));
  await failureOf(diskSpaceFrom(withFree(0.6), { path, minFreeBytes: gib, minFreeRatio: 0.5 }));
});

test("a file system without any blocks has no free share", async () => {
  const check = diskSpaceFrom(async () => ({ bsize: 4096, blocks: 0, bavail: 0 }), { path });
  const error = await failureOf(check);
  assert.equal(error.message, "Free space on /data is 0 bytes, 0 % of 0 bytes; at least 10 % expected");
});

test("a real file system is read", async () => {
  await run(diskSpace({ path: tmpdir(), minFreeBytes: 1 }));
  const error = await failureOf(diskSpace({ path: tmpdir(), minFreeBytes: 2 ** 60 }));
  assert.match(error.message, /^Free space on .+ is [\d.]+ [KMGT]iB, [\d.]+ % of [\d.]+ [KMGT]iB; at least 1024 PiB/);
});

test("a path that is not there fails the check and names it", async () => {
  const missing = join(tmpdir(), "seaworthy", "is", "not", "here");
  const error = await failureOf(diskSpace({ path: missing }));
  assert.ok(error.message.startsWith(`Reading the free space of ${missing} failed: ENOENT`), error.message);
});

test("a file system that hangs is asked once, and the check stops waiting when its signal aborts", async () => {
  let reads = 0;
  const hung = () => {
    reads += 1;
    return new Promise<never>(() => undefined);
  };
  const check = diskSpaceFrom(hung, { path });
  await failureWhenAborted(check, fewTurns);
  await failureWhenAborted(check, fewTurns);
  assert.equal(reads, 1);
});

test("options of the wrong type or range are refused", () => {
  const build = (options: object) => () => diskSpace(options as DiskSpaceOptions);
  for (const wrong of [undefined, "", 1]) assertRefused(build({ path: wrong }), "`path`");
  for (const minFreeBytes of [-1, Number.NaN, "1 GB", Infinity]) {
    assertRefused(build({ path, minFreeBytes }), "`minFreeBytes`");
  }
  for (const minFreeRatio of [0, 2, "10 %"]) assertRefused(build({ path, minFreeRatio }), "`minFreeRatio`");
  assertRefused(() => diskSpace("/data" as never), "diskSpace()");
});
