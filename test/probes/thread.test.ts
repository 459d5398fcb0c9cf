import assert from "node:assert/strict";
import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { describe, test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { ask } from "../harness/ask.ts";
import { startProcess } from "../harness/process.ts";
import { linesOf, reportOf } from "../process/fixture.ts";
import { startService } from "./service.ts";

const preload = new URL("fixtures/preload.mjs", import.meta.url);

describe("the probe thread", { timeout: 60_000, concurrency: 2 }, () => {
  test("does not keep its process alive", async (t) => {
    const service = startProcess(t, new URL("fixtures/ends-by-itself.ts", import.meta.url));
    assert.equal((await service.ended).code, 0);
    assert.match(service.stdout(), /nothing left to do\npool closes/);
  });

  test("that is still starting when SIGTERM comes is not waited for: the exit is clean", async (t) => {
    const service = startProcess(t, new URL("fixtures/awaits-its-probes.ts", import.meta.url));
    assert.equal((await service.ended).code, 0);
    assert.deepEqual(reportOf(service).failures, []);
    assert.doesNotMatch(service.stdout(), /listens/);
  });

  test("with its port in use holds the process until it has another one", async (t) => {
    const taken = createServer().listen(0);
    t.after(() => taken.close());
    await once(taken, "listening");
    const { port } = taken.address() as AddressInfo;
    const service = await startService(t, "late-server", { env: { SEAWORTHY_PROBE_PORT: String(port) } });
    assert.equal((await service.probe("/readyz")).status, 200);
    assert.equal(linesOf(service.process, /Draining/).length, 0);
  });

  test("answers until the last stop hook, and is closed by it", async (t) => {
    const service = await startService(t, "stops-slowly");
    service.process.kill("SIGTERM");
    await service.process.until(/stopping/);
    await assert.rejects(ask(service.app), { code: "ECONNREFUSED" });
    assert.equal((await service.probe("/livez")).status, 200);
    assert.equal((await service.probe("/readyz")).status, 503);
    service.process.kill("SIGUSR2");
    assert.equal((await service.process.ended).code, 0);
    assert.deepEqual(reportOf(service.process).failures, []);
    await assert.rejects(service.probe("/livez"), { code: "ECONNREFUSED" });
  });

  test("loads nothing of the application's: neither --import nor NODE_OPTIONS reach it", async (t) => {
    const service = await startService(t, "service", {
      flags: ["--import", fileURLToPath(preload)],
      env: { NODE_OPTIONS: `--import=${preload.href}` },
    });
    assert.equal((await service.probe("/livez?verbose")).status, 200);
    service.process.kill("SIGTERM");
    await service.process.ended;
    assert.match(service.process.stdout(), /loaded by the main thread/);
    assert.doesNotMatch(service.process.stdout(), /another thread/);
  });

  test("that is lost gives way to the main thread on the same port, and the log says so", async (t) => {
    const service = await startService(t, "loses-its-thread");
    assert.equal((await ask(service.app)).body, "1 threads");
    await service.process.until(/The probe thread is lost/);
    for (let live = 0; live !== 200; await delay(10)) {
      live = await service.probe("/livez").then(
        ({ status }) => status,
        () => 0,
      );
    }
    assert.equal((await service.probe("/readyz")).status, 200);
    assert.equal(linesOf(service.process, /The probe thread is lost/)[0]?.level, "warn");
    service.process.kill("SIGTERM");
    assert.equal((await service.process.ended).code, 0);
    assert.deepEqual(reportOf(service.process).failures, []);
  });

  test("that cannot be had gives way to the main thread from the start", async (t) => {
    const service = await startService(t, "service", {
      flags: ["--permission", "--allow-fs-read=*", ...(process.versions.node >= "25" ? ["--allow-net"] : [])],
    });
    assert.equal((await service.probe("/readyz")).status, 200);
    assert.match(
      linesOf(service.process, /The probe thread is lost/)[0]?.msg ?? "",
      /Access to this API has been restricted/,
    );
    service.process.kill("SIGTERM");
    assert.equal((await service.process.ended).code, 0);
  });
});
