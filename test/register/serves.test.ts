import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, describe, test } from "node:test";
import { ask, keepAliveAgent } from "../harness/ask.ts";
import { type ProcessOptions, type RunningProcess, startProcess } from "../harness/process.ts";

const fixture = (name: string): URL => new URL(`fixtures/${name}`, import.meta.url);

/** An application with no line of ours, in a folder where `seaworthy` resolves. */
function serve(t: TestContext, name: string, { env, ...options }: ProcessOptions = {}): RunningProcess {
  return startProcess(t, fixture(name), {
    flags: ["--import", "seaworthy/register"],
    cwd: import.meta.dirname,
    env: { SEAWORTHY_GRACE_PERIOD_SECONDS: "6", ...env },
    ...options,
  });
}

/** Another server on the port that the probes want. */
async function occupy(t: TestContext): Promise<number> {
  const server = createServer().listen(0);
  await once(server, "listening");
  t.after(() => server.close());
  return (server.address() as AddressInfo).port;
}

const messages = (service: RunningProcess): unknown[] => service.log().map(({ msg }) => msg);

describe("an application with no line of ours", () => {
  for (const [flag, name] of [
    ["--import", "server.mjs"],
    ["--import", "server.cjs"],
    ["--require", "server.mjs"],
    ["--require", "server.cjs"],
  ] as const) {
    test(`is started when its first server listens, and drained at SIGTERM (${flag}, ${name})`, async (t) => {
      const service = serve(t, name, { flags: [flag, "seaworthy/register"] });
      const [, before] = await service.until(/listeners before (.*)/);
      assert.doesNotMatch(String(before), /SIGTERM|uncaughtException|beforeExit/);
      const [, port] = await service.until(/port (\d+)/);
      const [, probePort] = await service.until(/Probes are answered on \[::\]:(\d+)\./);
      await service.until(/Started after/);
      for (const path of ["/startupz", "/livez", "/readyz"]) {
        assert.equal((await ask(`http://localhost:${probePort}${path}`)).status, 200, path);
      }

      const agent = keepAliveAgent();
      t.after(() => agent.destroy());
      assert.equal((await ask(`http://localhost:${port}/`, { agent })).headers.connection, "keep-alive");
      const inFlight = ask(`http://localhost:${port}/slow`);
      await service.until(/slow is in flight/);
      service.kill("SIGTERM");
      await service.until(/Draining: SIGTERM\./);
      assert.equal((await ask(`http://localhost:${probePort}/readyz`)).status, 503);
      assert.equal((await ask(`http://localhost:${probePort}/livez`)).status, 200);
      const [finish, slow] = await Promise.all([ask(`http://localhost:${port}/finish`, { agent }), inFlight]);
      assert.deepEqual([finish.status, finish.headers.connection], [200, "close"]);
      assert.deepEqual([slow.status, slow.body, slow.headers.connection], [200, "slow", "close"]);
      assert.deepEqual(await service.ended, { code: 0, signal: null }, service.stderr());
    });
  }

  test("takes its name and its other options from the environment", async (t) => {
    const env = { OTEL_SERVICE_NAME: "orders", SEAWORTHY_READINESS_PATH: "/ready", SEAWORTHY_STARTED_WHEN: "marked" };
    const service = serve(t, "server.mjs", { env });
    const [, probePort] = await service.until(/Probes are answered on \[::\]:(\d+)\./);
    const { status, body } = await ask(`http://localhost:${probePort}/ready?verbose`);
    assert.equal(status, 503);
    assert.match(body, /starting/);
    assert.equal(service.log()[0]?.["service"], "orders");
  });

  test("is started once, however often it is asked for", async (t) => {
    const flags = [
      "--import",
      "seaworthy/register",
      "--import",
      "seaworthy/register",
      "--require",
      "seaworthy/register",
    ];
    const service = serve(t, "server.cjs", { flags });
    await service.until(/Started after/);
    service.kill("SIGTERM");
    assert.deepEqual(await service.ended, { code: 0, signal: null }, service.stderr());
    assert.equal(messages(service).filter((message) => String(message).includes("looks after")).length, 1);
  });

  test("has a life only from a server of HTTP on a port on: not from TCP, nor from a Unix socket", async (t) => {
    const folder = mkdtempSync(join(tmpdir(), "seaworthy-socket-"));
    t.after(() => rmSync(folder, { recursive: true, force: true }));
    const service = serve(t, "unix-socket.mjs", { args: [join(folder, "http.sock")] });
    await service.until(/waits for SIGUSR2/);
    assert.match(service.stdout(), /^unnoticed$/m);
    assert.equal(service.stderr(), "");
    service.kill("SIGUSR2");
    await service.until(/Started after/);
    service.kill("SIGTERM");
    await service.until(/Stopped .* exit 0/);
  });

  test("serves on and stops with 0 when nobody reads its log any more", async (t) => {
    const service = serve(t, "server.mjs");
    const [, port] = await service.until(/port (\d+)/);
    await service.until(/Started after/);
    service.child.stderr?.destroy();
    assert.equal((await ask(`http://localhost:${port}/`)).body, "ok");
    service.kill("SIGTERM");
    assert.deepEqual(await service.ended, { code: 0, signal: null });
  });

  test("opens no probe port when that is off", async (t) => {
    const service = serve(t, "server.mjs", { env: { SEAWORTHY_PROBE_PORT: "off" } });
    const [, port] = await service.until(/port (\d+)/);
    await service.until(/Started after/);
    assert.equal((await ask(`http://localhost:${port}/`)).body, "ok");
    service.kill("SIGTERM");
    assert.deepEqual(await service.ended, { code: 0, signal: null }, service.stderr());
    assert.ok(!service.stderr().includes("Probes"), service.stderr());
    assert.match(service.stderr(), /1 of 1 hooks done/);
  });
});

describe("a probe port in use", () => {
  test("ends a pod at once, with an error that has a code and names the port", async (t) => {
    const port = await occupy(t);
    const env = { KUBERNETES_SERVICE_HOST: "10.96.0.1", SEAWORTHY_PROBE_PORT: `${port}` };
    const service = serve(t, "server.mjs", { env });
    assert.deepEqual(await service.ended, { code: 1, signal: null }, service.stderr());
    const fatal = service.log().find(({ level }) => level === "error");
    assert.match(String(fatal?.["msg"]), new RegExp(`port ${port}\\b.*EADDRINUSE`));
    assert.match(service.stderr(), /"code":"ERR_SEAWORTHY_STARTUP_TASK".*"code":"ERR_SEAWORTHY_PROBE_PORT"/);
  });

  test("is told loudly elsewhere, and another one serves", async (t) => {
    const port = await occupy(t);
    const service = serve(t, "server.mjs", { env: { SEAWORTHY_PROBE_PORT: `${port}` } });
    const [, other] = await service.until(/Probes are answered on \[::\]:(\d+)\./);
    await service.until(/Started after/);
    assert.notEqual(Number(other), port);
    const notice = service.log().find(({ notice: code }) => code === "probe-port");
    assert.equal(notice?.["level"], "warn");
    assert.ok(String(notice?.["msg"]).startsWith(`Port ${port} is in use: the probes are on port ${other}.`));
    assert.equal((await ask(`http://localhost:${other}/readyz`)).status, 200);
    service.kill("SIGTERM");
    assert.deepEqual(await service.ended, { code: 0, signal: null }, service.stderr());
  });

  test("is what SEAWORTHY_ON_PORT_IN_USE says, wherever that is", async (t) => {
    const env = { SEAWORTHY_PROBE_PORT: `${await occupy(t)}` };
    const inPod = { ...env, KUBERNETES_SERVICE_HOST: "10.96.0.1" };
    const falling = serve(t, "server.mjs", { env: { ...inPod, SEAWORTHY_ON_PORT_IN_USE: "fallback" } });
    const failing = serve(t, "server.mjs", { env: { ...env, SEAWORTHY_ON_PORT_IN_USE: "fail" } });
    await falling.until(/Started after/);
    assert.deepEqual(await failing.ended, { code: 1, signal: null }, failing.stderr());
  });
});
