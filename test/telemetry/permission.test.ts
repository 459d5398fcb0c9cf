import assert from "node:assert/strict";
import { copyFileSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, describe, test } from "node:test";
import { ask } from "../harness/ask.ts";
import { startProcess } from "../harness/process.ts";
import { nodeFlags } from "../run/node-flags.ts";
import { root } from "../run/workspaces.ts";
import { openReceiver, startService, toldBy, whenStarted } from "./service.ts";

/** An application that has installed little: what it has not is looked for in the folders above it, too. */
function installApplication(t: TestContext): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "seaworthy-permission-")));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  mkdirSync(join(folder, "node_modules/@opentelemetry"), { recursive: true });
  for (const name of ["seaworthy", "@opentelemetry/api"]) {
    symlinkSync(join(root, "node_modules", name), join(folder, "node_modules", name));
  }
  for (const name of ["bare.mjs", "no-line-of-ours.mjs", "orders.mjs"]) {
    copyFileSync(join(import.meta.dirname, "fixtures", name), join(folder, name));
  }
  writeFileSync(join(folder, "package.json"), '{ "name": "application" }');
  return folder;
}

/** Flags with which nothing may be read but its own folder and ours. */
const flagsIn = (folder: string): readonly string[] => [
  ...nodeFlags,
  "--permission",
  ...[folder, root].map((readable) => `--allow-fs-read=${join(readable, "/")}`),
  // Node 26 asks for that, too.
  ...(process.allowedNodeEnvironmentFlags.has("--allow-net") ? ["--allow-net"] : []),
];

describe("an application that may read its own files only", () => {
  for (const [how, fixture, flags] of [
    ["starts itself", "bare.mjs", []],
    ["has no line of ours", "no-line-of-ours.mjs", ["--import", "seaworthy/register"]],
  ] as const) {
    test(`has its telemetry recorded and sent, where it ${how}`, async (t) => {
      const receiver = await openReceiver(t);
      const folder = installApplication(t);
      const service = startService(t, fixture, receiver.url, {
        cwd: folder,
        command: [process.execPath, ...flagsIn(folder), ...flags, fixture],
      });
      const { app } = await whenStarted(service);
      assert.equal((await ask(app)).body, "ok");
      service.kill("SIGTERM");
      assert.deepEqual(await service.ended, { code: 0, signal: null }, service.stderr());
      assert.deepEqual(
        receiver.spans().map(({ name }) => name),
        ["GET"],
      );
      const troubles = toldBy(service).filter(({ level }) => level !== "info");
      assert.deepEqual(troubles, []);
    });
  }

  test("runs under seaworthy/register where it never serves", async (t) => {
    const folder = installApplication(t);
    const run = startProcess(t, new URL(import.meta.url), {
      cwd: folder,
      env: { OTEL_SDK_DISABLED: "false" },
      command: [process.execPath, ...flagsIn(folder), "--import", "seaworthy/register", "-p", "1"],
    });
    assert.deepEqual(await run.ended, { code: 0, signal: null }, run.stderr());
    assert.deepEqual([run.stdout(), run.stderr()], ["1\n", ""]);
  });
});
