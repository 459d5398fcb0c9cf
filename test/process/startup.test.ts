import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { ask } from "../harness/ask.ts";
import { appOf, askProbes, linesOf, probesOf, reportOf, startFixture } from "./fixture.ts";

describe("a process that starts", () => {
  test("is alive at once, and started and ready once it was marked", async (t) => {
    const service = startFixture(t, "marked-when-told");
    const [probes, app] = [await probesOf(service), await appOf(service)];
    assert.deepEqual(await askProbes(probes), { startup: 503, live: 200, ready: 503 });
    await ask(app);
    assert.deepEqual(await askProbes(probes), { startup: 200, live: 200, ready: 200 });
  });

  test("answers HEAD with the same codes and no body", async (t) => {
    const service = startFixture(t, "marked-when-told");
    const [probes, app] = [await probesOf(service), await appOf(service)];
    const codes = async (method: string): Promise<readonly (readonly [number, boolean])[]> => {
      const asked = ["/startupz", "/livez", "/readyz"].map((path) => ask(`${probes}${path}`, { method }));
      return (await Promise.all(asked)).map(({ status, body }) => [status, body === ""]);
    };
    assert.deepEqual(await codes("GET"), [
      [503, false],
      [200, false],
      [503, false],
    ]);
    assert.deepEqual(await codes("HEAD"), [
      [503, true],
      [200, true],
      [503, true],
    ]);
    await ask(app);
    assert.deepEqual(await codes("GET"), [
      [200, false],
      [200, false],
      [200, false],
    ]);
    assert.deepEqual(await codes("HEAD"), [
      [200, true],
      [200, true],
      [200, true],
    ]);
  });
});

describe("startup tasks", () => {
  test("a pending one holds startup and readiness back although the process was marked", async (t) => {
    const service = startFixture(t, "startup-tasks");
    const [probes, app] = [await probesOf(service), await appOf(service)];
    assert.deepEqual(await askProbes(probes), { startup: 503, live: 200, ready: 503 });
    await ask(`${app}/settle/cache`);
    assert.deepEqual(await askProbes(probes), { startup: 200, live: 200, ready: 200 });
  });

  test("a later one fails readiness, but never startup", async (t) => {
    const service = startFixture(t, "startup-tasks");
    const [probes, app] = [await probesOf(service), await appOf(service)];
    await ask(`${app}/settle/cache`);
    await service.until(/Started after/);
    await ask(`${app}/begin/reload`);
    assert.deepEqual(await askProbes(probes), { startup: 200, live: 200, ready: 503 });
    await ask(`${app}/settle/reload`);
    assert.deepEqual(await askProbes(probes), { startup: 200, live: 200, ready: 200 });
  });

  test("one that fails ends the process with 1 and is named, and the stop hooks run", async (t) => {
    const service = startFixture(t, "failing-startup-task");
    assert.deepEqual(await service.ended, { code: 1, signal: null });
    const [line] = linesOf(service, /^Fatal \(startup\)/);
    assert.equal(line?.level, "error");
    assert.match(line.msg, /the startup task "schema" to succeed, got a failure: no such table/);
    assert.match(JSON.stringify(line["err"]), /"cause":\{"type":"Error","message":"no such table"/);
    assert.match(service.stdout(), /pool closes/);
    assert.equal(reportOf(service).exitCode, 1);
  });

  test("the process has not started before the last of them is over", async (t) => {
    const service = startFixture(t, "slow-startup-task");
    await service.ended;
    assert.equal(service.stdout(), "task is over\nstarted\n");
  });
});

describe("a pushed readiness check", () => {
  test("takes the pod out of rotation and back in", async (t) => {
    const service = startFixture(t, "pushed-check");
    const [probes, app] = [await probesOf(service), await appOf(service)];
    await service.until(/Started after/);
    assert.deepEqual(await askProbes(probes), { startup: 200, live: 200, ready: 200 });
    await ask(`${app}/out`);
    assert.deepEqual(await askProbes(probes), { startup: 200, live: 200, ready: 503 });
    await ask(`${app}/in`);
    assert.deepEqual(await askProbes(probes), { startup: 200, live: 200, ready: 200 });
  });

  test("never turns readiness green again during a stop", async (t) => {
    const service = startFixture(t, "pushed-check", {
      env: { SEAWORTHY_DRAIN_WINDOW_MIN_MS: "1500", SEAWORTHY_DRAIN_WINDOW_MAX_MS: "1500" },
    });
    const [probes, app] = [await probesOf(service), await appOf(service)];
    await ask(`${app}/out`);
    service.kill("SIGTERM");
    await service.until(/Draining: SIGTERM/);
    await ask(`${app}/in`);
    assert.deepEqual(await askProbes(probes), { startup: 200, live: 200, ready: 503 });
    assert.equal((await service.ended).code, 0);
  });
});
