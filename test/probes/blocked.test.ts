import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { linesOf, reportOf } from "../process/fixture.ts";
import { type ProbedService, block, startService } from "./service.ts";

/** Asks for a probe until its answer has that status. */
async function untilAnswered(service: ProbedService, path: string, status: number): Promise<void> {
  while ((await service.probe(path)).status !== status) await delay(20);
}

const isFree = ({ process }: ProbedService): boolean => /free/.test(process.stdout());

describe("while the main thread is blocked", { timeout: 60_000, concurrency: 2 }, () => {
  test("every liveness probe passes within the kubelet's second", async (t) => {
    const service = await startService(t, "service", { env: { SEAWORTHY_STALL_LIMIT_MS: "10000" } });
    await block(service, 4_500);
    const answers: string[] = [];
    while (!isFree(service)) {
      const { status, body } = await service.probe("/livez");
      answers.push(`${status} ${body}`);
      await delay(50);
    }
    assert.ok(answers.length >= 20, `${answers.length} answers`);
    assert.deepEqual([...new Set(answers)], ["200 ok"]);
  });

  test("readiness and startup fail after a short while and say since when, and pass once it comes round", async (t) => {
    const service = await startService(t, "service");
    await block(service, 6_000);
    await Promise.all(["/readyz", "/startupz"].map((path) => untilAnswered(service, path, 503)));
    const { body } = await service.probe("/readyz");
    assert.match(body, /^\[-\]heartbeat failed: the main thread has not come round for [3-6]\.\d s$/m);
    assert.equal((await service.probe("/livez")).status, 200);
    assert.equal(isFree(service), false);
    await service.process.until(/free/);
    await Promise.all(["/readyz", "/startupz"].map((path) => untilAnswered(service, path, 200)));
  });

  test("liveness fails beyond the limit and says since when, and passes once it comes round", async (t) => {
    const service = await startService(t, "service", { env: { SEAWORTHY_STALL_LIMIT_MS: "3000" } });
    await block(service, 6_000);
    assert.equal((await service.probe("/livez")).status, 200);
    await untilAnswered(service, "/livez", 503);
    assert.match((await service.probe("/livez")).body, /has not come round for [3-6]\.\d s$/m);
    assert.equal(isFree(service), false);
    await service.process.until(/free/);
    await untilAnswered(service, "/livez", 200);
  });

  test("what only it knows is answered with an honest 503, and is not done later", async (t) => {
    const service = await startService(t, "service");
    await block(service, 4_000);
    const { status, body } = await service.probe("/prestop", { signal: AbortSignal.timeout(10_000) });
    assert.equal(status, 503);
    assert.match(body, /does not come round/);
    await service.process.until(/free/);
    await untilAnswered(service, "/readyz", 200);
    assert.deepEqual(linesOf(service.process, /preStop/), []);
  });

  test("what it had taken before is answered with an honest 503 too", async (t) => {
    const service = await startService(t, "service", { env: { SEAWORTHY_DRAIN_WINDOW_MIN_MS: "2000" } });
    const asked = service.probe("/prestop", { signal: AbortSignal.timeout(20_000) });
    await service.process.until(/A preStop hook opened the drain window/);
    await block(service, 6_000);
    const { status, body } = await asked;
    assert.equal(
      `${status} ${body}`,
      "503 The main thread does not come round: it took this question and stands still since.\n",
    );
    assert.equal(isFree(service), false);
    service.process.kill("SIGTERM");
    assert.equal((await service.process.ended).code, 0);
    assert.equal(reportOf(service.process)["reason"], "prestop");
  });

  test("the log says so afterwards, and how often each probe failed because of it", async (t) => {
    const service = await startService(t, "service");
    await block(service, 5_000);
    await untilAnswered(service, "/readyz", 503);
    await service.probe("/readyz");
    await service.process.until(/The main thread did not come round for [3-5]\.\d s.+meanwhile: readiness 2\./);
  });

  test("SIGTERM is heard when it comes round, and the stop is clean", async (t) => {
    const service = await startService(t, "service");
    await block(service, 2_000);
    service.process.kill("SIGTERM");
    assert.equal((await service.probe("/livez")).status, 200);
    assert.equal((await service.process.ended).code, 0);
  });
});

describe("a process that stood still as a whole", { timeout: 60_000, concurrency: 2 }, () => {
  test("is not blamed for it: no probe fails when it goes on", async (t) => {
    const env = { SEAWORTHY_STALL_LIMIT_MS: "3000", SEAWORTHY_READINESS_STALL_LIMIT_MS: "3000" };
    const service = await startService(t, "service", { env });
    service.process.kill("SIGSTOP");
    await delay(7_000);
    const waiting = ["/livez", "/readyz", "/startupz"].map((path) =>
      service.probe(path, { signal: AbortSignal.timeout(10_000) }),
    );
    service.process.kill("SIGCONT");
    for (const { status, body } of await Promise.all(waiting)) assert.equal(`${status} ${body}`, "200 ok");
  });
});

describe("a process that is starved of CPU", { timeout: 60_000, concurrency: 2 }, () => {
  test("is not blamed for it: no probe fails while it runs a tenth of the time", async (t) => {
    const env = { SEAWORTHY_STALL_LIMIT_MS: "3000", SEAWORTHY_READINESS_STALL_LIMIT_MS: "3000" };
    const service = await startService(t, "service", { env });
    const answers: string[] = [];
    // As a CPU quota does it: the whole process stands still until the next period.
    for (let period = 0; period < 8; period += 1) {
      service.process.kill("SIGSTOP");
      await delay(900);
      const waiting = ["/livez", "/readyz"].map((path) => service.probe(path, { signal: AbortSignal.timeout(20_000) }));
      service.process.kill("SIGCONT");
      await delay(100);
      for (const { status, body } of await Promise.all(waiting)) answers.push(`${status} ${body}`);
    }
    assert.equal(answers.length, 16);
    assert.deepEqual([...new Set(answers)], ["200 ok"]);
  });
});

describe("with the probe thread turned off", { timeout: 60_000, concurrency: 2 }, () => {
  test("the main thread answers, and not while it is blocked", async (t) => {
    const service = await startService(t, "service", { env: { SEAWORTHY_PROBE_THREAD: "false" } });
    assert.doesNotMatch((await service.probe("/livez?verbose")).body, /heartbeat/);
    await block(service, 4_000);
    await assert.rejects(service.probe("/livez"), { name: "AbortError" });
  });
});
