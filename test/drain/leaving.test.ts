import assert from "node:assert/strict";
import { once } from "node:events";
import { connect, createServer as createHttp2Server } from "node:http2";
import { type TestContext, describe, test } from "node:test";
import { type ManualClock, createManualClock } from "@seaworthy/lifecycle/testing";
import { WebSocket, WebSocketServer } from "ws";
import { ask } from "../harness/ask.ts";
import { type DrainedService, drainedService, listen, longMs, serve } from "./service.ts";
import { encrypted, plain } from "./transports.ts";
import { sockets } from "./until.ts";

/** A service whose preStop hook may be called, and called off a second after its window. */
function preStopped(t: TestContext): DrainedService & { readonly clock: ManualClock } {
  const clock = createManualClock();
  const service = drainedService(t, {
    clock,
    drainWindow: { minMs: 1_000, maxMs: 1_000, quietMs: 0 },
    gracePeriodMs: 30_000,
    preStop: { stopWithinMs: 1_000 },
  });
  return { ...service, clock };
}

for (const transport of [plain, encrypted()]) {
  describe(`leaving a server of ${transport.scheme} by a preStop hook`, { timeout: longMs }, () => {
    test("tells clients to go from its first moment, and to stay again when it is called off", async (t) => {
      const { lifecycle, clock } = preStopped(t);
      const { server, url } = await serve(t, transport, (_request, response) => void response.end("done"));
      const connection = async (): Promise<string | undefined> => {
        const agent = transport.keepAliveAgent();
        t.after(() => agent.destroy());
        return (await ask(url, { agent })).headers.connection;
      };
      assert.equal(await connection(), "keep-alive");
      void lifecycle.preStop();
      assert.equal(await connection(), "close");
      await clock.advance(1_999);
      assert.equal(await connection(), "close");
      assert.equal(server.listening, true);
      await clock.advance(1);
      assert.equal(lifecycle.leaving, false);
      assert.equal(await connection(), "keep-alive");
      void lifecycle.preStop();
      assert.equal(await connection(), "close");
    });

    test("is gone on with by the stop that follows: the listener closes at once", async (t) => {
      const { lifecycle, clock } = preStopped(t);
      const { server } = await serve(t, transport, (_request, response) => void response.end("done"));
      void lifecycle.preStop();
      await clock.advance(1_500);
      assert.equal(server.listening, true);
      const report = await lifecycle.stop({ kind: "os-signal", osSignal: "SIGTERM" });
      assert.equal(server.listening, false);
      assert.deepEqual([report.clean, report.durationMs], [true, 0]);
    });
  });
}

test("a preStop hook sends GOAWAY, and sessions come back when it is called off", { timeout: longMs }, async (t) => {
  const { lifecycle, clock } = preStopped(t);
  const { server, url } = await listen(t, createHttp2Server());
  server.on("stream", (stream) => {
    stream.respond();
    stream.end("done");
  });
  const get = async (): Promise<number[]> => {
    const session = connect(url);
    t.after(() => session.destroy());
    const goaways: number[] = [];
    session.on("goaway", (code: number) => goaways.push(code));
    await once(session.request().resume(), "close");
    await sockets();
    return goaways;
  };
  const old = connect(url);
  t.after(() => old.destroy());
  await once(old, "remoteSettings");
  const asked = once(old, "goaway");
  void lifecycle.preStop();
  assert.equal((await asked)[0], 0);
  assert.notDeepEqual(await get(), []);
  await clock.advance(2_000);
  assert.deepEqual(await get(), []);
});

test("a preStop hook says 1001, and clients may come back", { timeout: longMs }, async (t) => {
  const { lifecycle, servers } = preStopped(t);
  const webSockets = new WebSocketServer({ port: 0, host: "127.0.0.1" });
  t.after(() => webSockets.close());
  servers.drain(webSockets);
  await once(webSockets, "listening");
  const address = webSockets.address() as { readonly port: number };
  const open = async (): Promise<WebSocket> => {
    const client = new WebSocket(`ws://127.0.0.1:${address.port}`);
    t.after(() => client.terminate());
    await once(client, "open");
    return client;
  };
  const old = await open();
  void lifecycle.preStop();
  assert.equal((await once(old, "close"))[0], 1001);
  const again = await open();
  await sockets();
  assert.equal(again.readyState, WebSocket.OPEN);
});
