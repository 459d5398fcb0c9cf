import assert from "node:assert/strict";
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { once } from "node:events";
import { connect } from "node:net";
import { type TestContext, describe, test } from "node:test";
import { type LifecycleEvents, lifecycleChannels } from "@seaworthy/lifecycle";
import { type ManualClock, createManualClock } from "@seaworthy/lifecycle/testing";
import { ask } from "../harness/ask.ts";
import { type DrainedService, type Listening, drainedService, longMs, serve } from "./service.ts";
import { plain } from "./transports.ts";
import { sockets, until } from "./until.ts";

const drainWindow = { minMs: 1_000, maxMs: 5_000, quietMs: 400 };

/** Notices of a server that was closed too early. */
function earlyCloses(t: TestContext): readonly string[] {
  const heard: string[] = [];
  const hear = (event: unknown): void => {
    const { code, message } = event as LifecycleEvents["notice"];
    if (code === "server-close") heard.push(message);
  };
  subscribe(lifecycleChannels.notice, hear);
  t.after(() => unsubscribe(lifecycleChannels.notice, hear));
  return heard;
}

interface Windowed extends DrainedService, Listening<ReturnType<typeof plain.createServer>> {
  readonly clock: ManualClock;
  /** A new connection finds its way here. */
  arrive(): Promise<void>;
  /** Moves time on and says whether the server still listens. */
  listensAfter(ms: number): Promise<boolean>;
}

async function windowed(t: TestContext): Promise<Windowed> {
  const clock = createManualClock();
  const service = drainedService(t, { clock, drainWindow, gracePeriodMs: 20_000 });
  const listening = await serve(t, plain, (_request, response) => void response.end("done"));
  return {
    ...service,
    ...listening,
    clock,
    async arrive() {
      const accepted = once(listening.server, "connection");
      const socket = connect(listening.port, "127.0.0.1");
      t.after(() => socket.destroy());
      await accepted;
    },
    async listensAfter(ms) {
      await clock.advance(ms);
      await sockets();
      return listening.server.listening;
    },
  };
}

describe("the drain window", { timeout: longMs }, () => {
  test("is over after its minimum when nobody comes", async (t) => {
    const { lifecycle, listensAfter } = await windowed(t);
    void lifecycle.stop();
    assert.equal(await listensAfter(999), true);
    assert.equal(await listensAfter(1), false);
  });

  test("serves new connections and old ones, and tells both to leave", async (t) => {
    const { lifecycle, url, listensAfter } = await windowed(t);
    const agent = plain.keepAliveAgent();
    t.after(() => agent.destroy());
    assert.equal((await ask(url, { agent })).headers.connection, "keep-alive");
    void lifecycle.stop();
    assert.equal(await listensAfter(500), true);
    for (const options of [{ agent }, {}]) {
      const { status, headers } = await ask(url, options);
      assert.deepEqual([status, headers.connection], [200, "close"]);
    }
  });

  test("is held open by new connections, until none has come for the quiet time", async (t) => {
    const { lifecycle, arrive, listensAfter } = await windowed(t);
    void lifecycle.stop();
    assert.equal(await listensAfter(900), true);
    await arrive();
    assert.equal(await listensAfter(399), true);
    await arrive();
    assert.equal(await listensAfter(399), true);
    assert.equal(await listensAfter(1), false);
  });

  test("is held open by new connections up to its maximum", async (t) => {
    const { lifecycle, arrive, listensAfter } = await windowed(t);
    void lifecycle.stop();
    for (let passed = 0; passed < 4_900; passed += 100) {
      await arrive();
      assert.equal(await listensAfter(100), true);
    }
    await arrive();
    assert.equal(await listensAfter(99), true);
    assert.equal(await listensAfter(1), false);
  });

  test("is not held open by requests on connections that there were", async (t) => {
    const { lifecycle, url, clock, listensAfter } = await windowed(t);
    const agents = Array.from({ length: 9 }, () => plain.keepAliveAgent());
    t.after(() => agents.forEach((agent) => agent.destroy()));
    await Promise.all(agents.map((agent) => ask(url, { agent })));
    await clock.advance(1_000);
    void lifecycle.stop();
    for (const agent of agents) {
      assert.equal(await listensAfter(100), true);
      await ask(url, { agent });
    }
    assert.equal(await listensAfter(100), false);
  });

  test("is skipped on Ctrl-C", async (t) => {
    const { lifecycle, server } = await windowed(t);
    void lifecycle.stop({ kind: "os-signal", osSignal: "SIGINT" });
    await until(() => !server.listening);
    assert.equal(lifecycle.clock.now(), 0);
  });

  for (const when of ["right before the stop", "in the window"]) {
    for (const isIdle of [true, false]) {
      test(`says so when the application closes the server ${when}, ${isIdle ? "idle" : "in use"}`, async (t) => {
        const heard = earlyCloses(t);
        const { lifecycle, clock, server, arrive } = await windowed(t);
        if (!isIdle) await arrive();
        if (when === "right before the stop") server.close();
        void lifecycle.stop();
        await sockets();
        if (when === "in the window") server.close();
        await clock.advance(2_000);
        assert.equal(heard.length, 1);
        assert.match(heard[0] ?? "", /^The http server 127\.0\.0\.1:\d+ was closed by the application before /);
      });
    }
  }

  test("has nothing to say of a server that is closed by a drain hook, without a window, or long before", async (t) => {
    const heard = earlyCloses(t);
    const closes = [
      ({ lifecycle, server }: Windowed) => void lifecycle.onDrain("own", () => void server.close()),
      ({ server }: Windowed) => void server.close(),
    ];
    for (const close of closes) {
      const service = await windowed(t);
      close(service);
      if (!service.server.listening) await once(service.server, "close");
      void service.lifecycle.stop();
      await sockets();
      await service.clock.advance(2_000);
      assert.equal(service.lifecycle.windowOver.aborted, true);
    }
    const { lifecycle, server } = await windowed(t);
    server.close();
    void lifecycle.stop({ kind: "os-signal", osSignal: "SIGINT" });
    await sockets();
    assert.deepEqual(heard, []);
  });

  test("is no window where no server is", async (t) => {
    const clock = createManualClock();
    const { lifecycle } = drainedService(t, { clock, drainWindow, gracePeriodMs: 20_000 });
    assert.equal((await lifecycle.stop()).durationMs, 0);
  });
});
