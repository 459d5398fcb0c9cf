import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { cleanEnvironment } from "../harness/process.ts";
import { median, timeOf } from "../package/start-up.ts";
import { nodeFlags } from "../run/node-flags.ts";
import { root } from "../run/workspaces.ts";

test("register has a price for a process that never serves, measured and not judged", (t) => {
  const isBuilt = existsSync(join(root, "packages/seaworthy/dist/register.js"));
  // The sources are stripped of their types as they are loaded, which is not what a user pays.
  const flags = isBuilt ? [] : nodeFlags;
  const run = (...more: readonly string[]): void => {
    const { status, stderr } = spawnSync(process.execPath, [...flags, ...more, "-e", "0"], {
      cwd: import.meta.dirname,
      env: cleanEnvironment(),
      encoding: "utf8",
    });
    assert.deepEqual([status, stderr], [0, ""]);
  };
  const times = { bare: [] as number[], empty: [] as number[], registered: [] as number[] };
  for (let round = 0; round < 10; round += 1) {
    times.bare.push(timeOf(() => run()));
    times.empty.push(timeOf(() => run("--import", "data:text/javascript,")));
    times.registered.push(timeOf(() => run("--import", "seaworthy/register")));
  }
  const ratio = (part: readonly number[]): string => (median(part) / median(times.bare)).toFixed(2);
  t.diagnostic(
    `--import seaworthy/register takes ${ratio(times.registered)} × the start of bare Node` +
      `${isBuilt ? "" : ", from sources"}; --import of an empty module takes ${ratio(times.empty)} ×`,
  );
});
