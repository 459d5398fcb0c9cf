import assert from "node:assert/strict";
import { once } from "node:events";
import { type Server, createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";
import { type TestContext, describe, test } from "node:test";
import { createManualClock } from "@seaworthy/lifecycle/testing";
import { WebSocket, WebSocketServer } from "ws";
import { type DrainedService, drainedService, listen, longMs } from "./service.ts";
import { talk } from "./talk.ts";
import { plain } from "./transports.ts";
import { sockets, until } from "./until.ts";

/** A WebSocket server that echoes, and where it is reached. */
interface WebSockets {
  readonly server: WebSocketServer;
  readonly port: number;
}

const ways: Readonly<Record<string, (t: TestContext) => Promise<WebSockets>>> = {
  "on the server of an application": async (t) => {
    const http = createServer((_request, response) => response.end("done"));
    const server = new WebSocketServer({ server: http });
    return { server, port: (await listen(t, http)).port };
  },
  "without a server of its own": async (t) => {
    const server = new WebSocketServer({ noServer: true });
    const { port } = await listen(t, upgradedBy(server));
    return { server, port };
  },
  "that does not track its clients": async (t) => {
    const server = new WebSocketServer({ noServer: true, clientTracking: false });
    const { port } = await listen(t, upgradedBy(server));
    return { server, port };
  },
  "on a port of its own": onItsOwnPort,
};

async function onItsOwnPort(t: TestContext): Promise<WebSockets> {
  const server = new WebSocketServer({ port: 0, host: "127.0.0.1" });
  t.after(() => server.close());
  await once(server, "listening");
  return { server, port: (server.address() as AddressInfo).port };
}

function upgradedBy(webSockets: WebSocketServer): Server {
  return createServer().on("upgrade", (request, socket: Duplex, head) => {
    webSockets.handleUpgrade(request, socket, head, (client) => webSockets.emit("connection", client, request));
  });
}

interface Closed {
  readonly code: number;
  readonly reason: string;
}

/** A client that is connected, and what close code it sees. */
async function open(t: TestContext, port: number): Promise<{ client: WebSocket; closed: Promise<Closed> }> {
  const client = new WebSocket(`ws://127.0.0.1:${port}`);
  t.after(() => client.terminate());
  const closed = once(client, "close").then(([code, reason]): Closed => ({ code, reason: String(reason) }));
  await once(client, "open");
  return { client, closed };
}

const outcomes = async (stopped: ReturnType<DrainedService["lifecycle"]["stop"]>): Promise<readonly string[]> =>
  (await stopped).hooks.map(({ name, outcome }) => `${name} ${outcome}`);

const leaving: Closed = { code: 1001, reason: "The service is stopping." };

for (const [way, create] of Object.entries(ways)) {
  describe(`a WebSocket server ${way}`, { timeout: longMs }, () => {
    test("says 1001 to its clients at once, and holds nothing up when they have gone", async (t) => {
      const service = drainedService(t, { lingerMs: 0, longLivedMs: longMs });
      const { server, port } = await create(t);
      service.servers.drain(server);
      const clients = [await open(t, port), await open(t, port)];
      const stopped = service.lifecycle.stop();
      for (const { closed } of clients) assert.deepEqual(await closed, leaving);
      assert.deepEqual(await outcomes(stopped), [`http server 127.0.0.1:${port} done`, "ws server done"]);
      const { clean, cut, durationMs } = await stopped;
      assert.deepEqual([clean, cut], [true, []]);
      assert.ok(durationMs < longMs / 2);
    });

    test("says so from the first moment of the drain window, in which new clients are still served", async (t) => {
      const clock = createManualClock();
      const drainWindow = { minMs: 1_000, maxMs: 1_000, quietMs: 0 };
      const { lifecycle, servers } = drainedService(t, { clock, drainWindow, gracePeriodMs: 30_000, lingerMs: 0 });
      const { server, port } = await create(t);
      servers.drain(server);
      server.on("connection", (client) => client.on("message", (data: Buffer) => client.send(data.toString())));
      const old = await open(t, port);
      const stopped = lifecycle.stop();
      assert.deepEqual(await old.closed, leaving);
      const fresh = await open(t, port);
      fresh.client.send("hello");
      assert.equal(String((await once(fresh.client, "message"))[0]), "hello");
      await clock.advance(1_000);
      assert.deepEqual(await fresh.closed, leaving);
      while (lifecycle.phase !== "stopped") {
        await clock.advance(1);
        await sockets();
      }
      assert.equal((await stopped).clean, true);
    });

    test("cuts a client that never answers the close when the budget is spent", async (t) => {
      const clock = createManualClock();
      const { lifecycle, servers } = drainedService(t, { clock, longLivedMs: 3_000, gracePeriodMs: 30_000 });
      const { server, port } = await create(t);
      servers.drain(server);
      const deaf = talk(t, await plain.connect(port));
      const opened = once(server, "connection");
      const key = `Sec-WebSocket-Key: ${Buffer.alloc(16).toString("base64")}`;
      deaf.ask("/", "Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13", key);
      const [peer] = (await opened) as [WebSocket];
      const stopped = lifecycle.stop();
      await until(() => deaf.heard().includes("The service is stopping."));
      await clock.advance(2_999);
      await sockets();
      assert.equal(peer.readyState, WebSocket.CLOSING);
      assert.equal(deaf.isOver(), false);
      await clock.advance(1);
      await deaf.ended;
      await until(() => peer.readyState === WebSocket.CLOSED);
      while (lifecycle.phase !== "stopped") {
        await clock.advance(1);
        await sockets();
      }
      const { clean, cut } = await stopped;
      assert.deepEqual([clean, cut], [true, []]);
    });

    test("tells a client to go at once that comes when the window is over", async (t) => {
      const { lifecycle, servers } = drainedService(t, { longLivedMs: longMs, lingerMs: longMs });
      const { server, port } = await create(t);
      servers.drain(server);
      const late = talk(t, await plain.connect(port));
      const holding = talk(t, await plain.connect(port));
      const done = Promise.withResolvers<void>();
      lifecycle.onDrain("other work", () => done.promise);
      await sockets();
      const stopped = lifecycle.stop();
      await sockets();
      const key = `Sec-WebSocket-Key: ${Buffer.alloc(16).toString("base64")}`;
      late.ask("/", "Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13", key);
      await until(() => late.heard().includes("The service is stopping."));
      for (const { socket } of [late, holding]) socket.destroy();
      done.resolve();
      assert.equal((await stopped).clean, true);
    });

    test("is left with every listener count as it was when it is let go of", async (t) => {
      const { lifecycle, servers } = drainedService(t);
      const { server } = await create(t);
      const counts = (): readonly number[] => ["connection", "close"].map((name) => server.listenerCount(name));
      const before = counts();
      const handle = servers.drain(server);
      servers.drain(server);
      assert.notDeepEqual(counts(), before);
      handle[Symbol.dispose]();
      assert.deepEqual(counts(), before);
      servers.drain(server);
      servers.ignore(server);
      servers.drain(server);
      servers[Symbol.dispose]();
      assert.deepEqual(counts(), before);
      assert.deepEqual((await lifecycle.stop()).hooks, []);
    });
  });
}

describe("WebSocket servers", { timeout: longMs }, () => {
  test("are told apart in the report", async (t) => {
    const { lifecycle, servers } = drainedService(t);
    for (let count = 0; count < 3; count += 1) servers.drain(new WebSocketServer({ noServer: true }));
    assert.deepEqual(await outcomes(lifecycle.stop()), ["ws server done", "ws server #2 done", "ws server #3 done"]);
  });

  test("are forgotten when the application closes them", async (t) => {
    const { lifecycle, servers } = drainedService(t);
    const server = new WebSocketServer({ noServer: true });
    servers.drain(server);
    server.close();
    await once(server, "close");
    assert.deepEqual(await outcomes(lifecycle.stop()), []);
  });

  test("lose no message that a client sends before it has read the close", async (t) => {
    const { lifecycle, servers } = drainedService(t, { lingerMs: 0 });
    const { server, port } = await onItsOwnPort(t);
    servers.drain(server);
    const heard: string[] = [];
    server.on("connection", (client) => client.on("message", (data: Buffer) => heard.push(data.toString())));
    const { client, closed } = await open(t, port);
    const stopped = lifecycle.stop();
    client.send("crossing");
    assert.deepEqual(await closed, leaving);
    await stopped;
    assert.deepEqual(heard, ["crossing"]);
  });
});
