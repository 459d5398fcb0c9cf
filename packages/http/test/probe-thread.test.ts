import assert from "node:assert/strict";
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { type TestContext, describe, test } from "node:test";
import { gzipSync } from "node:zlib";
import { createHealth } from "@seaworthy/health";
import { createLifecycle, lifecycleChannels } from "@seaworthy/lifecycle";
import request from "supertest";
import { textAnswer } from "../src/probe-answer.ts";
import { type ProbeServerOptions, probeServerDefaults } from "../src/probe-server-options.ts";
import { serveProbes } from "../src/probe-server.ts";
import { failReadiness, listening } from "./service.ts";

/** A service that answers its probes from a thread of its own, or from this one. */
async function serve(t: TestContext, thread: boolean, options: ProbeServerOptions = {}) {
  const lifecycle = createLifecycle();
  lifecycle.markStarted();
  const health = createHealth(lifecycle);
  const probes = serveProbes(health, { port: 0, host: "127.0.0.1", thread, ...options });
  t.after(() => probes[Symbol.asyncDispose]());
  const { port } = await probes.whenListening;
  return { lifecycle, health, probes, url: `http://127.0.0.1:${port}` };
}

for (const thread of [true, false]) {
  describe(`probes ${thread ? "on a thread of their own" : "on the main thread"}`, () => {
    test("agree with the service the moment after it has changed", async (t) => {
      const { url, health, lifecycle, probes } = await serve(t, thread);
      assert.equal(probes.server === undefined, thread);
      const readiness = (): Promise<{ status: number }> => request(url).get("/readyz");
      for (let round = 0; round < 20; round += 1) {
        const queue = health.pushCheck("queue");
        assert.equal((await readiness()).status, 503);
        queue.pass();
        assert.equal((await readiness()).status, 200);
        queue.fail(new Error("gone"));
        assert.equal((await readiness()).status, 503);
        queue[Symbol.dispose]();
        assert.equal((await readiness()).status, 200);
      }
      void lifecycle.preStop();
      assert.equal((await readiness()).status, 503);
    });

    test("show reasons where they may", async (t) => {
      for (const showReasons of [true, false]) {
        const served = await serve(t, thread, { showReasons });
        failReadiness(served);
        const { text } = await request(served.url).get("/readyz");
        assert.match(text, showReasons ? /\[-\]db failed: connection refused/ : /\[-\]db failed: reason withheld/);
      }
    });

    test("come with routes that the main thread answers", async (t) => {
      const { url } = await serve(t, thread, {
        routes: {
          "/metrics": ({ method, url: asked, headers }) => textAnswer(200, `${method} ${asked} ${headers.accept}\n`),
          "/slow": async () => {
            await new Promise((resolve) => void setTimeout(resolve, 1_500));
            return textAnswer(200, "slow\n");
          },
          "/fails": () => {
            throw new Error("a secret");
          },
          "/nothing": () => undefined as never,
          "/headers": () => ({ ...textAnswer(200, "text"), headers: new Headers({ "x-own": "yes" }) as never }),
          "/split": () => ({ ...textAnswer(200, "text"), headers: { "x-own": "a\r\nb" } }),
          "/status": () => ({ ...textAnswer(200, "text"), status: 42 }),
          "/body": () => ({ ...textAnswer(200, "text"), body: { length: 4 } as never }),
          "/bytes": () => ({
            status: 200,
            headers: { "content-type": "text/plain", "content-encoding": "gzip" },
            body: new Uint8Array(gzipSync("compressed")),
          }),
        },
      });
      await request(url)
        .get("/metrics?name=x")
        .set("accept", "text/plain")
        .expect(200, "GET /metrics?name=x text/plain\n");
      await request(url).head("/metrics").expect(200);
      await request(url).get("/slow").expect(200, "slow\n");
      const failed = await request(url).get("/fails").expect(503);
      assert.ok(!failed.text.includes("secret"));
      for (const path of ["/nothing", "/split", "/status", "/body"]) await request(url).get(path).expect(503);
      await request(url).get("/bytes").expect(200, "compressed");
      await request(url).get("/headers").expect(200).expect("x-own", "yes");
      await request(url).get("/other").expect(404);
      await request(url).get("/__proto__").expect(404);
      await request(url).get("/livez").expect(200);
    });

    test("are refused a port in use, or fall back to another one", async (t) => {
      const { port } = await listening(t, () => {});
      const health = createHealth(createLifecycle());
      const refused = serveProbes(health, { port, host: "127.0.0.1", thread });
      await assert.rejects(refused.whenListening, { code: "ERR_SEAWORTHY_PROBE_PORT" });
      await refused[Symbol.asyncDispose]();
      const { url } = await serve(t, thread, { port, onPortInUse: "fallback" });
      assert.notEqual(url, `http://127.0.0.1:${port}`);
      await request(url).get("/livez").expect(200);
    });
  });
}

test("a stop that comes before the thread listens does not wait for it, and opens nothing in its place", async () => {
  const lifecycle = createLifecycle();
  const probes = serveProbes(createHealth(lifecycle), { port: 0, host: "127.0.0.1" });
  let told = false;
  const tell = (): void => void (told = true);
  void probes.whenListening.then(tell, tell);
  const { clean, hooks } = await lifecycle.stop();
  assert.equal(told, false);
  assert.deepEqual(
    hooks.map(({ name, outcome }) => `${name} ${outcome}`),
    ["probe server done"],
  );
  assert.equal(clean, true);
  assert.equal(probes.server, undefined);
});

test("a thread that listens while the main thread is blocked for long is not given up", async (t) => {
  const notices: unknown[] = [];
  const onNotice = (message: unknown): void => void notices.push(message);
  subscribe(lifecycleChannels.notice, onNotice);
  t.after(() => unsubscribe(lifecycleChannels.notice, onNotice));
  const probes = serveProbes(createHealth(createLifecycle()), { port: 0, host: "127.0.0.1" });
  t.after(() => probes[Symbol.asyncDispose]());
  const until = performance.now() + 10_500;
  while (performance.now() < until);
  await probes.whenListening;
  assert.deepEqual(notices, []);
  assert.equal(probes.server, undefined);
});

test("the options of the thread are refused by their names", () => {
  const { stallLimitMs, readinessStallLimitMs } = probeServerDefaults;
  assert.ok(readinessStallLimitMs < stallLimitMs);
  const wrong: readonly (readonly [option: string, options: object])[] = [
    ["thread", { thread: "yes" }],
    ["stallLimitMs", { stallLimitMs: 100 }],
    ["stallLimitMs", { stallLimitMs: NaN }],
    ["readinessStallLimitMs", { readinessStallLimitMs: "3s" }],
    ["readinessStallLimitMs", { readinessStallLimitMs: 40_000 }],
    ["routes", { routes: { metrics: () => {} } }],
    ["routes", { routes: { "/metrics": "text" } }],
    ["routes", { routes: { "/livez/metrics": () => textAnswer(200, "") } }],
    ["routes", { routes: { "/prestop": () => textAnswer(200, "") } }],
  ];
  for (const [option, options] of wrong) {
    assert.throws(() => serveProbes(createHealth(createLifecycle()), options), {
      code: "ERR_SEAWORTHY_OPTION",
      message: new RegExp(`\\\`${option}\\\``),
    });
  }
});
