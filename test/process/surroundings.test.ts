import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { nodeFlags } from "../run/node-flags.ts";
import { appOf, fixtureUrl, linesOf, reportOf, startFixture } from "./fixture.ts";

const inNamespace = ["unshare", "--pid", "--fork", "--kill-child", "--mount-proc"] as const;

/** Why a process cannot be made PID 1 here. */
function whyNoNamespace(): string | false {
  const { status, error, stderr } = spawnSync(inNamespace[0], [...inNamespace.slice(1), "true"], { encoding: "utf8" });
  return status === 0 ? false : `no PID namespace here: ${error?.message ?? stderr.trim()}`;
}

/** The command line of a fixture on this Node. */
const commandOf = (name: string): readonly string[] => [
  process.execPath,
  ...nodeFlags,
  fileURLToPath(fixtureUrl(name)),
];

/** The only child of a process. */
function childOf(pid: number): number {
  return Number(readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim());
}

describe("as PID 1", { skip: whyNoNamespace() }, () => {
  test("SIGTERM ends the process with 0", async (t) => {
    const service = startFixture(t, "server", { command: [...inNamespace, ...commandOf("server")] });
    await appOf(service);
    await service.until(/Started after/);
    process.kill(childOf(service.pid), "SIGTERM");
    assert.deepEqual(await service.ended, { code: 0, signal: null });
    assert.equal(linesOf(service, /^Running as PID 1: OS signals arrive directly\./).length, 1);
    assert.deepEqual(linesOf(service, /^Started through/), []);
    assert.equal(reportOf(service).exitCode, 0);
  });

  test("a second SIGTERM ends it with 1", async (t) => {
    const service = startFixture(t, "hanging-hook", { command: [...inNamespace, ...commandOf("hanging-hook")] });
    await service.until(/Started after/);
    const pid = childOf(service.pid);
    process.kill(pid, "SIGTERM");
    await service.until(/pool hangs/);
    process.kill(pid, "SIGINT");
    assert.deepEqual(await service.ended, { code: 1, signal: null });
  });
});

describe("under a launcher", () => {
  /** A folder with a package whose start script is `script`. */
  function packageWith(t: TestContext, script: string): string {
    const folder = mkdtempSync(join(tmpdir(), "seaworthy-launched-"));
    t.after(() => rmSync(folder, { recursive: true }));
    writeFileSync(join(folder, "package.json"), JSON.stringify({ private: true, scripts: { start: script } }));
    return folder;
  }
  const quoted = (name: string): string =>
    commandOf(name)
      .map((part) => `'${part}'`)
      .join(" ");

  test("npm run and a shell that stays are named with the fix", async (t) => {
    const cwd = packageWith(t, `${quoted("stops-at-once")}; exit $?`);
    const service = startFixture(t, "stops-at-once", { command: ["npm", "run", "--silent", "start"], cwd });
    assert.deepEqual(await service.ended, { code: 0, signal: null });
    const [line] = linesOf(service, /^Started through/);
    assert.equal(line?.level, "info");
    assert.match(line.msg, /npm \(\d+\) → sh -c \(\d+\) → node \(\d+\): in a container SIGTERM will not arrive here/);
    assert.match(line.msg, /CMD \["node", "server\.js"\], or put `exec` before it in the script/);
  });

  test("in Kubernetes that is a warning", async (t) => {
    const cwd = packageWith(t, `${quoted("stops-at-once")}; exit $?`);
    const service = startFixture(t, "stops-at-once", {
      command: ["npm", "run", "--silent", "start"],
      cwd,
      env: { KUBERNETES_SERVICE_HOST: "10.0.0.1" },
    });
    await service.ended;
    assert.equal(linesOf(service, /^Started through/)[0]?.level, "warn");
  });

  test("a shell that execs is out of the way", async (t) => {
    const service = startFixture(t, "stops-at-once", { command: ["sh", "-c", `exec ${quoted("stops-at-once")}`] });
    await service.ended;
    const lines = linesOf(service, /^Started through/);
    assert.ok(lines.every(({ msg }) => !msg.includes(`(${service.pid})`) || msg.includes(`node (${service.pid})`)));
  });
});
