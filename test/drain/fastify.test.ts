import assert from "node:assert/strict";
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { type TestContext, describe, test } from "node:test";
import { createHealth } from "@seaworthy/health";
import { probeHandler } from "@seaworthy/http";
import { type SeaworthyFastifyOptions, seaworthyFastify } from "@seaworthy/http/fastify";
import {
  type Lifecycle,
  type LifecycleEvents,
  bindProcess,
  createLifecycle,
  lifecycleChannels,
} from "@seaworthy/lifecycle";
import { createManualClock } from "@seaworthy/lifecycle/testing";
import fastify, { type FastifyInstance } from "fastify";
import { ask } from "../harness/ask.ts";
import { visitors } from "./rolling.ts";
import { drainedService, longMs } from "./service.ts";
import { sockets, until } from "./until.ts";

const host = "127.0.0.1";

/** An application of a life, closed at the latest when its test is over. */
async function application(
  t: TestContext,
  lifecycle: Lifecycle,
  options: SeaworthyFastifyOptions = {},
): Promise<FastifyInstance> {
  const app = fastify();
  t.after(() => app.close());
  await app.register(seaworthyFastify, { lifecycle, ...options });
  return app;
}

function noticesOf(t: TestContext, lifecycle: Lifecycle): readonly string[] {
  const codes: string[] = [];
  const onNotice = (message: unknown): void => {
    const event = message as LifecycleEvents["notice"] & { readonly lifecycle: Lifecycle };
    if (event.lifecycle === lifecycle) codes.push(event.code);
  };
  subscribe(lifecycleChannels.notice, onNotice);
  t.after(() => unsubscribe(lifecycleChannels.notice, onNotice));
  return codes;
}

describe("an application of Fastify", { timeout: longMs }, () => {
  test("answers with 200 through the whole drain window, and is closed when nothing is in flight", async (t) => {
    const clock = createManualClock();
    const drainWindow = { minMs: 1_000, maxMs: 1_000, quietMs: 0 };
    const { lifecycle } = drainedService(t, { clock, drainWindow, gracePeriodMs: 20_000 });
    const notices = noticesOf(t, lifecycle);
    const app = await application(t, lifecycle);
    const released = Promise.withResolvers<void>();
    let inFlightAtClose: number | undefined;
    app.addHook("onClose", async () => {
      inFlightAtClose = lifecycle.inFlight.count();
    });
    app.get("/", () => "done");
    app.get("/slow", async () => {
      await released.promise;
      return "slow";
    });
    const url = await app.listen({ port: 0, host });
    const { visit } = await visitors(t, url, clock);
    const slow = ask(`${url}/slow`);
    await until(() => lifecycle.inFlight.count() === 1);
    const stopped = lifecycle.stop();
    assert.deepEqual([...new Set(await visit(1_000))], [200]);
    assert.equal(inFlightAtClose, undefined);
    released.resolve();
    assert.deepEqual([(await slow).status, (await slow).headers.connection], [200, "close"]);
    while (lifecycle.phase !== "stopped") {
      await clock.advance(10);
      await sockets();
    }
    const { clean, hooks } = await stopped;
    assert.equal(clean, true);
    assert.equal(inFlightAtClose, 0);
    assert.deepEqual(
      hooks.map(({ kind, name, outcome }) => `${kind} ${name} ${outcome}`),
      [`stop fastify done`, `drain http server ${url.slice("http://".length)} done`],
    );
    assert.deepEqual(notices, []);
  });

  test("is part of the life that the process has", async (t) => {
    const lifecycle = createLifecycle();
    const binding = bindProcess(lifecycle, { osSignals: ["SIGUSR2"], fatalErrors: false });
    t.after(() => binding[Symbol.dispose]());
    const app = fastify();
    t.after(() => app.close());
    await app.register(seaworthyFastify);
    await app.ready();
    binding[Symbol.dispose]();
    const { hooks } = await lifecycle.stop();
    assert.deepEqual(
      hooks.map(({ name, outcome }) => `${name} ${outcome}`),
      ["fastify done"],
    );
  });

  test("is refused where there is no life", async (t) => {
    const app = fastify();
    t.after(() => app.close().catch(() => {}));
    await assert.rejects(Promise.resolve(app.register(seaworthyFastify).ready()), {
      code: "ERR_SEAWORTHY_NO_LIFE",
      message: /^Expected a life .+, got none.+\. [A-Z].+\.$/,
    });
  });

  test("may be closed without a stop, as tests do, and is then nobody's to close", async (t) => {
    const { lifecycle } = drainedService(t);
    const first = await application(t, lifecycle);
    await first.listen({ port: 0, host });
    await first.close();
    const second = await application(t, lifecycle);
    await second.ready();
    await second.close();
    const { hooks, clean } = await lifecycle.stop();
    assert.deepEqual([hooks, clean], [[], true]);
  });

  test("tells when somebody else closes it while the service takes work", async (t) => {
    const { lifecycle } = drainedService(t);
    const notices = noticesOf(t, lifecycle);
    const app = await application(t, lifecycle);
    await app.listen({ port: 0, host });
    await app.close();
    assert.deepEqual(notices, ["fastify-close"]);
  });

  test("tells when somebody else closes it in the drain window, and is waited for all the same", async (t) => {
    const { lifecycle } = drainedService(t, { drainWindow: { minMs: 200, maxMs: 200, quietMs: 0 } });
    const notices = noticesOf(t, lifecycle);
    const app = await application(t, lifecycle);
    const closing = Promise.withResolvers<void>();
    app.addHook("onClose", () => closing.promise);
    await app.listen({ port: 0, host });
    const stopped = lifecycle.stop();
    const theirs = app.close();
    await until(() => lifecycle.phase === "stopping");
    closing.resolve();
    const { clean } = await stopped;
    await theirs;
    assert.equal(clean, true);
    assert.deepEqual(notices, ["fastify-close", "server-close"]);
  });

  test("may stop the service from a hook of its own end: neither waits for the other for ever", async (t) => {
    const { lifecycle } = drainedService(t, { gracePeriodMs: 2 * longMs });
    const app = await application(t, lifecycle);
    app.addHook("onClose", async () => {
      await lifecycle.stop();
    });
    await app.listen({ port: 0, host });
    await app.close();
    assert.equal(lifecycle.phase, "stopped");
  });

  test("has its hooks outside of the plugin too", async (t) => {
    const { lifecycle } = drainedService(t);
    const probes = probeHandler(createHealth(lifecycle));
    const app = await application(t, lifecycle, { probes });
    let answered = 0;
    app.addHook("onResponse", async () => {
      answered += 1;
    });
    app.get("/", () => "done");
    await app.register(async (part) => void part.get("/part", () => "part"));
    const url = await app.listen({ port: 0, host });
    for (const path of ["/startupz", "/livez", "/readyz"]) {
      const { status, body } = await ask(url + path);
      assert.deepEqual([path, status, body], [path, 200, "ok"]);
    }
    assert.equal((await ask(`${url}/livez`, { method: "HEAD" })).status, 200);
    assert.equal((await ask(`${url}/livez`, { method: "POST" })).status, 405);
    assert.deepEqual([(await ask(url)).body, (await ask(`${url}/part`)).body], ["done", "part"]);
    assert.equal((await ask(`${url}/nowhere`)).status, 404);
    await until(() => answered === 8);
    assert.equal((await app.inject("/readyz")).statusCode, 200);
  });

  test("has a name of its own in the report when there are more", async (t) => {
    const { lifecycle } = drainedService(t);
    for (let count = 0; count < 2; count += 1) await application(t, lifecycle);
    const { hooks } = await lifecycle.stop();
    assert.deepEqual(
      hooks.map(({ name, outcome }) => `${name} ${outcome}`),
      ["fastify done", "fastify #2 done"],
    );
  });
});
