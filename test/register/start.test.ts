import assert from "node:assert/strict";
import { type TestContext, describe, test } from "node:test";
import { type RunningProcess, startProcess } from "../harness/process.ts";

function run(
  t: TestContext,
  name: string,
  flags: readonly string[] = [],
  args: readonly string[] = [],
): RunningProcess {
  return startProcess(t, new URL(`fixtures/${name}`, import.meta.url), {
    flags,
    args,
    cwd: import.meta.dirname,
    env: { SEAWORTHY_GRACE_PERIOD_SECONDS: "3" },
  });
}

const register = ["--import", "seaworthy/register"];

async function endsWell(service: RunningProcess): Promise<void> {
  service.kill("SIGTERM");
  assert.deepEqual(await service.ended, { code: 0, signal: null }, service.stderr());
}

function lives(service: RunningProcess): unknown[] {
  const lines = service.log().filter(({ msg }) => String(msg).includes("looks after"));
  return lines.map((line) => line["service"]);
}

describe("start() again", () => {
  test("returns the same service for no options or the same ones, and refuses others by name", async (t) => {
    const service = run(t, "starts-again.mjs");
    await service.until(/Started after/);
    await endsWell(service);
    const lines = service.stdout().trimEnd().split("\n");
    assert.deepEqual(lines.slice(0, 4), ["same", "same", "same", "same"]);
    assert.match(
      lines[4] ?? "",
      /^ERR_SEAWORTHY_ALREADY_STARTED: .* start\(\) started .*\(lingerMs: 250 \(number\)\), got /,
    );
    assert.match(lines[5] ?? "", /^ERR_SEAWORTHY_ALREADY_STARTED: .*\(log: .*\), got others \(log: /);
    assert.match(lines[6] ?? "", /^ERR_SEAWORTHY_OPTION: .*Did you mean lingerMs\?/);
    assert.deepEqual(lives(service), ["orders"]);
  });
});

describe("start() under register", () => {
  test("begins the one life, if it comes before the first server; register then adds nothing", async (t) => {
    const service = run(t, "starts-itself.mjs", register);
    // `starting`: what says when it is started is the code, as without register.
    await service.until(/port \d+, one service, starting/);
    await service.until(/Started after/);
    await endsWell(service);
    assert.deepEqual(lives(service), ["orders"]);
    assert.match(service.stderr(), /2 of 2 hooks done/);
  });

  test("returns the life that register began, or says that it came too late for its options", async (t) => {
    const service = run(t, "starts-late.mjs", register);
    await service.until(/port \d+/);
    assert.match(service.stdout(), /^one service$/m);
    const [, told = ""] = /^ERR_SEAWORTHY_ALREADY_STARTED: (.*)$/m.exec(service.stdout()) ?? [];
    assert.match(told, /the options with which seaworthy\/register started this process \(name: undefined, /);
    assert.match(
      told,
      /got others \(name: "orders" \(string\), gracePeriodMs: 5000 \(number\)\)\. Call start\(\) before/,
    );
    await endsWell(service);
    assert.deepEqual(lives(service), ["unknown_service:node"]);
  });
});

describe("a worker thread", () => {
  for (const flags of [[], register]) {
    const under = flags.length > 0 ? " under register" : "";
    test(`has no life of its own${under}: start() throws there, and its servers are nobody's`, async (t) => {
      const service = run(t, "starts-in-worker.mjs", flags);
      await service.until(/Started after/);
      await service.until(/the worker serves/);
      assert.match(service.stdout(), /^ERR_SEAWORTHY_WORKER_THREAD: .*main thread/m);
      assert.deepEqual(lives(service), ["orders"]);
      const servers = service.log().filter(({ server }) => server !== undefined);
      assert.equal(servers.length, 1);
      await endsWell(service);
    });
  }
});

describe("a process without any server", () => {
  test("is started when it says so, and stops when SIGTERM finds its job done", async (t) => {
    const worker = run(t, "queue-worker.mjs", [], ["3"]);
    await worker.until(/Probes are answered/);
    await worker.until(/Started after/);
    await worker.until(/^job 1$/m);
    worker.kill("SIGTERM");
    await worker.until(/Draining: SIGTERM/);
    worker.kill("SIGUSR2");
    assert.deepEqual(await worker.ended, { code: 0, signal: null }, worker.stderr());
    assert.match(worker.stdout(), /job 1 done/);
    assert.doesNotMatch(worker.stdout(), /job 2/);
    assert.match(worker.stderr(), /1 in-flight finished/);
  });

  test("ends by itself with 0 when nothing is left to do: the probe server does not hold it", async (t) => {
    const worker = run(t, "queue-worker.mjs", [], ["1"]);
    assert.deepEqual(await worker.ended, { code: 0, signal: null }, worker.stderr());
    assert.match(worker.stderr(), /after request \(nothing left to do\), exit 0/);
  });

  test("has no life under register alone", async (t) => {
    const service = startProcess(t, new URL("fixtures/parent.cjs", import.meta.url), {
      flags: register,
      cwd: import.meta.dirname,
    });
    assert.deepEqual(await service.ended, { code: 0, signal: null });
    assert.equal(service.stderr(), "");
  });
});
