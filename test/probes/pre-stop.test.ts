import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { ask } from "../harness/ask.ts";
import { linesOf, reportOf } from "../process/fixture.ts";
import { type ProbedService, startService } from "./service.ts";

const hook = ({ probes }: ProbedService, headers: Readonly<Record<string, string>> = {}, method = "GET") =>
  ask(`${probes}/prestop`, { headers, method });

/** What readiness says, as soon as it says what is expected. */
async function untilReadiness(service: ProbedService, status: number): Promise<void> {
  while ((await service.probe("/readyz")).status !== status) await delay(10);
}

for (const thread of ["true", "false"]) {
  const env = { SEAWORTHY_PROBE_THREAD: thread };

  describe(
    `/prestop, ${thread === "true" ? "asked through the probe thread" : "asked on the main thread"}`,
    { timeout: 60_000, concurrency: 4 },
    () => {
      test("opens the drain window and answers when it is over; SIGTERM then skips it, and the report says so", async (t) => {
        const service = await startService(t, "service", { env });
        const answered = hook(service);
        await untilReadiness(service, 503);
        assert.equal((await service.probe("/livez")).status, 200);
        assert.equal((await service.probe("/startupz")).status, 200);
        const { headers, body } = await ask(service.app);
        assert.deepEqual([headers.connection, body], ["close", "started"]);
        const { status, body: said } = await answered;
        assert.equal(status, 200);
        assert.match(said, /^The drain window is over after [1-9]\d*\.\d s\.\n$/);
        service.process.kill("SIGTERM");
        assert.equal((await service.process.ended).code, 0);
        const report = reportOf(service.process);
        assert.equal(report["reason"], "prestop");
        assert.match(report.msg, /after prestop, then SIGTERM, exit 0/);
        assert.ok(report.durationMs < 1_000, `the stop took ${report.durationMs} ms, as long as another window`);
      });

      test("called twice opens one window", async (t) => {
        const service = await startService(t, "service", { env });
        const answers = await Promise.all([hook(service), hook(service), hook(service, {}, "POST")]);
        assert.deepEqual(
          answers.map(({ status }) => status),
          [200, 200, 200],
        );
        assert.equal((await hook(service)).body, "The drain window is over after 0.0 s.\n");
        assert.equal(linesOf(service.process, /A preStop hook opened the drain window/).length, 1);
      });

      test("without SIGTERM within a set time is called off: the service is ready again, and says so", async (t) => {
        const service = await startService(t, "service", { env: { ...env, SEAWORTHY_PRESTOP_STOP_WITHIN_MS: "300" } });
        await hook(service);
        await service.process.until(/No OS signal came within 0\.3 s .+ takes traffic again/);
        await untilReadiness(service, 200);
        assert.equal(
          (await ask(service.app, { headers: { connection: "keep-alive" } })).headers.connection,
          "keep-alive",
        );
        service.process.kill("SIGTERM");
        assert.equal((await service.process.ended).code, 0);
        assert.equal(reportOf(service.process)["reason"], "os-signal");
      });

      test("without SIGTERM keeps the service out of rotation, by option", async (t) => {
        const service = await startService(t, "service", {
          env: { ...env, SEAWORTHY_PRESTOP_STOP_WITHIN_MS: "300", SEAWORTHY_PRESTOP_WITHOUT_STOP: "stay" },
        });
        await hook(service);
        await service.process.until(/No OS signal came within 0\.3 s .+ goes on leaving/);
        assert.equal((await service.probe("/readyz")).status, 503);
      });

      test("keeps readiness green by option, as endpoints that still serve need it", async (t) => {
        const service = await startService(t, "service", {
          env: { ...env, SEAWORTHY_READINESS_WHILE_DRAINING: "pass" },
        });
        const answered = hook(service);
        while ((await ask(service.app)).headers.connection !== "close") await delay(10);
        assert.equal((await service.probe("/readyz")).status, 200);
        await answered;
        assert.equal((await service.probe("/readyz")).status, 200);
      });

      test("with a token answers whoever shows it, and nobody else", async (t) => {
        const token = "0123456789abcdef";
        const service = await startService(t, "service", { env: { ...env, SEAWORTHY_PRESTOP_TOKEN: token } });
        for (const authorization of ["", token, `Basic ${token}`, `Bearer ${token}x`, "Bearer"]) {
          const { status, headers } = await hook(service, authorization === "" ? {} : { authorization });
          assert.deepEqual([status, headers["www-authenticate"]], [401, "Bearer"]);
        }
        assert.equal((await service.probe("/readyz")).status, 200);
        assert.equal((await hook(service, { authorization: `Bearer ${token}` })).status, 200);
        assert.equal((await service.probe("/readyz")).status, 503);
        assert.ok(!service.process.stderr().includes(token), "the token is in the log");
      });

      test("takes no other method than GET and POST", async (t) => {
        const service = await startService(t, "service", { env });
        for (const method of ["HEAD", "DELETE", "OPTIONS"]) {
          assert.equal((await hook(service, {}, method)).status, 405, method);
        }
        assert.equal((await service.probe("/readyz")).status, 200);
      });

      test("is not there when turned off", async (t) => {
        const service = await startService(t, "service", { env: { ...env, SEAWORTHY_PRESTOP_PATH: "off" } });
        assert.equal((await hook(service)).status, 404);
      });
    },
  );
}

describe("/prestop on the application's port, in Koa", { timeout: 60_000 }, () => {
  test("is refused, and the service lives on", async (t) => {
    const service = await startService(t, "mounted-in-koa.mjs");
    assert.equal((await ask(`${service.app}/prestop`)).status, 403);
    assert.equal((await ask(`${service.app}/readyz`)).status, 200);
    assert.equal((await ask(`${service.app}/orders`)).body, "the application's");
  });
});

describe("/prestop on the application's port", { timeout: 60_000, concurrency: 4 }, () => {
  test("is refused, and the log says where it belongs", async (t) => {
    const service = await startService(t, "mounted", { env: { SEAWORTHY_PRESTOP_TOKEN: "0123456789abcdef" } });
    for (const headers of [{}, { authorization: "Bearer 0123456789abcdef" }]) {
      const { status, body } = await ask(`${service.app}/prestop`, { headers });
      assert.equal(status, 403);
      assert.match(body, /Send it to the probe port/);
    }
    assert.equal((await ask(`${service.app}/readyz`)).status, 200);
    assert.equal((await ask(`${service.app}/orders`)).body, "the application's");
    assert.equal(linesOf(service.process, /Send it to the probe port/).length, 1);
  });
});
