import assert from "node:assert/strict";
import { once } from "node:events";
import { type AddressInfo, connect, createServer } from "node:net";
import { describe, test } from "node:test";
import { ask } from "../harness/ask.ts";
import { startProcess } from "../harness/process.ts";

const flags = ["--import", "seaworthy/register"];
const cwd = import.meta.dirname;

/** A port that nobody has at the moment. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0);
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}

async function isOpen(port: number): Promise<boolean> {
  const socket = connect(port, "localhost");
  const opened = await Promise.race([
    once(socket, "connect").then(() => true),
    new Promise<boolean>((resolve) => void socket.once("error", () => resolve(false))),
  ]);
  socket.destroy();
  return opened;
}

/** Variables with which no life can begin. */
const mistakes: Readonly<Record<string, readonly [env: Record<string, string>, code: string, message: RegExp]>> = {
  "a name that is none of ours": [
    { SEAWORTHY_PROBE_PRT: "1" },
    "ERR_SEAWORTHY_ENVIRONMENT",
    /got SEAWORTHY_PROBE_PRT\. Did you mean SEAWORTHY_PROBE_PORT\?/,
  ],
  "a port that is none": [
    { SEAWORTHY_PROBE_PORT: "99999" },
    "ERR_SEAWORTHY_ENVIRONMENT",
    /Expected SEAWORTHY_PROBE_PORT to be a port/,
  ],
  "a linger time that is no number": [
    { SEAWORTHY_LINGER_MS: "-1" },
    "ERR_SEAWORTHY_ENVIRONMENT",
    /Expected SEAWORTHY_LINGER_MS to be a number/,
  ],
  "an OS signal that cannot be caught": [
    { SEAWORTHY_OS_SIGNALS: "SIGTERM,SIGKILL" },
    "ERR_SEAWORTHY_OS_SIGNAL",
    /got "SIGKILL"/,
  ],
  "parts longer than the whole": [
    { SEAWORTHY_STOP_TAIL_MS: "60000" },
    "ERR_SEAWORTHY_BUDGET",
    /SEAWORTHY_GRACE_PERIOD_SECONDS/,
  ],
  "two probes on one path": [{ SEAWORTHY_LIVENESS_PATH: "/readyz" }, "ERR_SEAWORTHY_OPTION", /three different paths/],
};

describe("a serving process under register ends with 1 and says why, in one piece", () => {
  for (const [what, [env, code, message]] of Object.entries(mistakes)) {
    test(what, async (t) => {
      const service = startProcess(t, new URL("fixtures/server.mjs", import.meta.url), { flags, cwd, env });
      assert.deepEqual(await service.ended, { code: 1, signal: null });
      const told = service
        .stderr()
        .split("\n")
        .filter((line) => line.includes("SeaworthyError"));
      assert.equal(told.length, 1, service.stderr());
      assert.match(told.join(), message);
      assert.ok(service.stderr().includes(code), service.stderr());
      assert.doesNotMatch(service.stderr(), /^ {4}at /m);
    });
  }
});

describe("a life that cannot begin leaves nothing half-started", () => {
  for (const [what, [env, code]] of Object.entries(mistakes)) {
    test(what, async (t) => {
      const probePort = await freePort();
      const service = startProcess(t, new URL("fixtures/swallows.mjs", import.meta.url), {
        flags,
        cwd,
        env: { SEAWORTHY_PROBE_PORT: `${probePort}`, ...env },
      });
      const [, before] = await service.until(/listeners before (.*)/);
      const [, port] = await service.until(/port (\d+)/);
      const [, swallowed] = await service.until(/swallowed (.*)/);
      const [, after] = await service.until(/listeners after (.*)/);
      assert.equal(swallowed, code);
      assert.equal(after, before);
      assert.equal(await isOpen(probePort), false);
      assert.equal((await ask(`http://localhost:${port}/`)).body, "ok");
      service.kill("SIGTERM");
      assert.deepEqual(await service.ended, { code: null, signal: "SIGTERM" });
    });
  }
});

test("a process that never serves does not mind a variable that makes no sense", async (t) => {
  const command = [process.execPath, "--conditions=@seaworthy/source", "--experimental-strip-types"] as const;
  const tool = startProcess(t, new URL(import.meta.url), {
    command: [...command, "--disable-warning=ExperimentalWarning", ...flags, "-p", "1"],
    cwd,
    env: { SEAWORTHY_PROBE_PRT: "http" },
  });
  assert.deepEqual(await tool.ended, { code: 0, signal: null });
  assert.deepEqual([tool.stdout(), tool.stderr()], ["1\n", ""]);
});
