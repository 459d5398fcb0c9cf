import assert from "node:assert/strict";
import type { Server } from "node:http";
import type { Duplex } from "node:stream";
import { type TestContext, describe, test } from "node:test";
import { createManualClock } from "@seaworthy/lifecycle/testing";
import { connections, drainedService, longMs, serve } from "./service.ts";
import { type Talk, talk } from "./talk.ts";
import { type Transport, encrypted, plain } from "./transports.ts";
import { sockets, until } from "./until.ts";

const switching = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: echo\r\nConnection: Upgrade\r\n\r\n";

/** Sends back what comes, and ends when the other side does. */
function echo(server: Server): readonly Duplex[] {
  const upgraded: Duplex[] = [];
  server.on("upgrade", (_request, socket: Duplex) => {
    upgraded.push(socket);
    socket.write(switching);
    socket.on("data", (chunk) => void socket.write(chunk));
    socket.on("end", () => void socket.end());
  });
  return upgraded;
}

async function upgrade(t: TestContext, transport: Transport, port: number): Promise<Talk> {
  const client = talk(t, await transport.connect(port));
  client.ask("/socket", "Connection: Upgrade", "Upgrade: echo");
  await until(() => client.heard() === switching);
  return client;
}

const refuse = (): never => assert.fail("handled as a request");

for (const transport of [plain, encrypted()]) {
  describe(`an upgraded socket of ${transport.scheme}`, { timeout: longMs }, () => {
    test("is not in flight, and is kept until the budget of what is long-lived is spent", async (t) => {
      const clock = createManualClock();
      const { lifecycle } = drainedService(t, { clock, lingerMs: 250, longLivedMs: 3_000, gracePeriodMs: 30_000 });
      const { server, port } = await serve(t, transport, refuse);
      echo(server);
      const client = await upgrade(t, transport, port);
      assert.equal(lifecycle.inFlight.count(), 0);
      const stopped = lifecycle.stop();
      await until(() => !server.listening);
      await clock.advance(2_999);
      await sockets();
      client.send("still there?");
      await until(() => client.heard().endsWith("still there?"));
      assert.equal(client.isOver(), false);
      await clock.advance(1);
      assert.equal(await client.ended, "in order");
      client.socket.end();
      const { clean, cut } = await stopped;
      assert.deepEqual([clean, cut], [true, []]);
    });

    test("holds nothing up once its client has gone", async (t) => {
      const { lifecycle } = drainedService(t, { lingerMs: longMs, longLivedMs: longMs });
      const { server, port } = await serve(t, transport, refuse);
      echo(server);
      const clients = [await upgrade(t, transport, port), await upgrade(t, transport, port)];
      const stopped = lifecycle.stop();
      await until(() => !server.listening);
      clients[0]?.socket.end();
      clients[1]?.socket.destroy();
      const { clean, durationMs } = await stopped;
      assert.equal(clean, true);
      assert.ok(durationMs < longMs / 2);
    });

    test("is destroyed the linger after it was ended, whatever its client does", async (t) => {
      const clock = createManualClock();
      const { lifecycle } = drainedService(t, { clock, lingerMs: 250, longLivedMs: 3_000, gracePeriodMs: 30_000 });
      const { server, port } = await serve(t, transport, refuse);
      const deaf = echo(server);
      const client = talk(t, await transport.connect(port));
      // A client that takes the end for nothing: its side stays open.
      client.socket.allowHalfOpen = true;
      client.ask("/socket", "Connection: Upgrade", "Upgrade: echo");
      await until(() => deaf.length === 1);
      const stopped = lifecycle.stop();
      await until(() => !server.listening);
      await clock.advance(3_000);
      await until(() => deaf[0]?.writableEnded === true);
      await sockets();
      await clock.advance(249);
      await sockets();
      assert.equal(lifecycle.phase, "draining");
      await clock.advance(1);
      assert.equal((await stopped).clean, true);
      await until(() => deaf[0]?.destroyed === true);
    });

    test("is destroyed with the drain budget, when that is spent before", async (t) => {
      const clock = createManualClock();
      const { lifecycle } = drainedService(t, {
        clock,
        longLivedMs: longMs,
        gracePeriodMs: 10_000,
        exitReserveMs: 0,
        stopTailMs: 2_000,
      });
      const { server, port } = await serve(t, transport, refuse);
      const upgraded = echo(server);
      const client = await upgrade(t, transport, port);
      const stopped = lifecycle.stop();
      await clock.advance(7_999);
      await sockets();
      assert.equal(upgraded[0]?.destroyed, false);
      await clock.advance(1);
      await client.ended;
      const { hooks, cut } = await stopped;
      assert.deepEqual(
        hooks.map(({ name, outcome }) => `${name} ${outcome}`),
        [`http server 127.0.0.1:${port} done`],
      );
      assert.deepEqual(cut, []);
    });

    test("may be written to once more when it has been ended: nothing crashes of it", async (t) => {
      const clock = createManualClock();
      const { lifecycle } = drainedService(t, { clock, lingerMs: 250, longLivedMs: 0, gracePeriodMs: 30_000 });
      const { server, port } = await serve(t, transport, refuse);
      const upgraded = echo(server);
      await upgrade(t, transport, port);
      const stopped = lifecycle.stop();
      await clock.advance(0);
      await until(() => upgraded[0]?.writableEnded === true);
      upgraded[0]?.write("too late");
      await sockets();
      await clock.advance(250);
      assert.equal((await stopped).clean, true);
    });

    test("is served when its request comes late, and has what is left of the budget", async (t) => {
      const clock = createManualClock();
      const { lifecycle } = drainedService(t, { clock, lingerMs: 250, longLivedMs: 3_000, gracePeriodMs: 30_000 });
      const { server, port } = await serve(t, transport, refuse);
      echo(server);
      const late = talk(t, await transport.connect(port));
      await until(async () => (await connections(server)) === 1);
      await sockets();
      const stopped = lifecycle.stop();
      await until(() => !server.listening);
      await clock.advance(200);
      late.ask("/socket", "Connection: Upgrade", "Upgrade: echo");
      await until(() => late.heard() === switching);
      await clock.advance(2_799);
      await sockets();
      assert.equal(late.isOver(), false);
      await clock.advance(1);
      assert.equal(await late.ended, "in order");
      late.socket.end();
      assert.equal((await stopped).clean, true);
    });

    test("does not take idle sockets with it: those are served until it is gone", async (t) => {
      const clock = createManualClock();
      const { lifecycle } = drainedService(t, { clock, lingerMs: 250, longLivedMs: 3_000, gracePeriodMs: 30_000 });
      const { server, port } = await serve(t, transport, (_request, response) => response.end("done"));
      echo(server);
      const client = await upgrade(t, transport, port);
      const idle = talk(t, await transport.connect(port));
      idle.ask("/before");
      await idle.answers(1);
      const stopped = lifecycle.stop();
      await until(() => !server.listening);
      await clock.advance(2_000);
      idle.ask("/late");
      assert.deepEqual((await idle.answers(2))[1], { status: 200, connection: "close", body: "done" });
      client.socket.end();
      assert.equal((await stopped).clean, true);
    });

    test("of CONNECT is kept just so", async (t) => {
      const clock = createManualClock();
      const { lifecycle } = drainedService(t, { clock, lingerMs: 250, longLivedMs: 3_000, gracePeriodMs: 30_000 });
      const { server, port } = await serve(t, transport, refuse);
      server.on("connect", (_request, socket: Duplex) => void socket.write("HTTP/1.1 200 OK\r\n\r\n"));
      const client = talk(t, await transport.connect(port));
      client.send("CONNECT example.com:443 HTTP/1.1\r\nHost: example.com:443\r\n\r\n");
      await until(() => client.heard() === "HTTP/1.1 200 OK\r\n\r\n");
      const stopped = lifecycle.stop();
      await until(() => !server.listening);
      await clock.advance(2_999);
      await sockets();
      assert.equal(client.isOver(), false);
      await clock.advance(1);
      assert.equal(await client.ended, "in order");
      client.socket.end();
      assert.equal((await stopped).clean, true);
    });
  });

  test(`an upgrade over ${transport.scheme} that no application listens for is a request`, async (t) => {
    drainedService(t);
    const { port } = await serve(t, transport, (_request, response) => response.end("done"));
    const client = talk(t, await transport.connect(port));
    client.ask("/socket", "Connection: Upgrade", "Upgrade: echo");
    assert.equal((await client.answers(1))[0]?.status, 200);
  });
}
