import assert from "node:assert/strict";
import { channel, subscribe, unsubscribe } from "node:diagnostics_channel";
import { once } from "node:events";
import { Server as HttpServer, IncomingMessage, ServerResponse, createServer } from "node:http";
import { createSecureServer, createServer as createHttp2Server } from "node:http2";
import { Server as HttpsServer, createServer as createHttpsServer } from "node:https";
import { Server as NetServer, Socket, createServer as createNetServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, describe, test } from "node:test";
import { type DrainedServers, type HttpEvents, httpChannels } from "@seaworthy/http";
import type { Report } from "@seaworthy/lifecycle";
import { ask } from "../harness/ask.ts";
import { selfSignedCertificate } from "./certificate.ts";
import { holdRequests } from "./held.ts";
import { type DrainedService, drainedService, listen, longMs, serve } from "./service.ts";
import { talk } from "./talk.ts";
import { plain } from "./transports.ts";
import { until } from "./until.ts";

const answer = (_request: unknown, response: ServerResponse): void => void response.end("done");

/** The names under which servers of one service are found. */
function foundBy(t: TestContext, { lifecycle }: DrainedService): readonly string[] {
  const names: string[] = [];
  const onServer = (message: unknown): void => {
    const event = message as HttpEvents["server"];
    if (event.lifecycle === lifecycle) names.push(event.name);
  };
  subscribe(httpChannels.server, onServer);
  t.after(() => unsubscribe(httpChannels.server, onServer));
  return names;
}

const drainHooks = ({ hooks }: Report): readonly string[] =>
  hooks.filter(({ kind }) => kind === "drain").map(({ name, outcome }) => `${name} ${outcome}`);

function listenersOf(server: NetServer): Readonly<Record<string, number>> {
  const names = [...server.eventNames(), "connection", "close", "session", "stream"];
  return Object.fromEntries(names.map((name) => [String(name), server.listenerCount(name)]));
}

describe("discovery", { timeout: longMs }, () => {
  test("finds servers of http, https and http2 as they begin to listen, and no other server", async (t) => {
    const service = drainedService(t);
    const names = foundBy(t, service);
    const certificate = selfSignedCertificate();
    const servers = [
      createServer(),
      createHttpsServer(certificate),
      createHttp2Server(),
      createSecureServer(certificate),
      createNetServer(),
    ];
    const ports: number[] = [];
    for (const server of servers) ports.push((await listen(t, server)).port);
    const [http, https, http2, secure] = ports;
    assert.deepEqual(names, [
      `http server 127.0.0.1:${http}`,
      `http server 127.0.0.1:${https}`,
      `http2 server 127.0.0.1:${http2}`,
      `http2 server 127.0.0.1:${secure}`,
    ]);
    const report = await service.lifecycle.stop();
    assert.deepEqual(
      drainHooks(report),
      names.map((name) => `${name} done`),
    );
    assert.deepEqual(
      servers.map(({ listening }) => listening),
      [false, false, false, false, true],
    );
  });

  test("patches nothing", async (t) => {
    const owners = [HttpServer, HttpsServer, NetServer, ServerResponse, IncomingMessage, Socket].map(
      ({ prototype }) => prototype as object,
    );
    const shapeOf = (owner: object): object => Object.getOwnPropertyDescriptors(owner);
    const before = owners.map(shapeOf);
    const service = drainedService(t);
    const { server } = await serve(t, plain, answer);
    const { server: strange } = await listen(t, createServer(answer));
    service.servers.ignore(strange);
    assert.deepEqual(owners.map(shapeOf), before);
    assert.deepEqual(Object.keys(server), Object.keys(strange));
  });

  test("takes charge at its first request of a server that listened before", async (t) => {
    const server = createServer(answer);
    const { url, port } = await listen(t, server);
    const service = drainedService(t);
    const names = foundBy(t, service);
    await ask(url);
    await ask(url);
    assert.deepEqual(names, [`http server 127.0.0.1:${port}`]);
    await service.lifecycle.stop();
    assert.equal(server.listening, false);
  });

  test("counts the very request by which it finds a server, and drains it", async (t) => {
    const held = holdRequests();
    const { server, port } = await listen(t, createServer(held.listener));
    const { lifecycle } = drainedService(t);
    const client = talk(t, await plain.connect(port));
    client.ask("/orders");
    await held.whenHeld(1);
    assert.equal(lifecycle.inFlight.count(), 1);
    const stopped = lifecycle.stop();
    await until(() => !server.listening);
    held.release();
    assert.deepEqual(await client.answers(1), [{ status: 200, connection: "close", body: "done" }]);
    assert.equal((await stopped).finished, 1);
  });

  test("drains a server that is found by its first request in the drain window", async (t) => {
    const server = createServer(answer);
    const { url } = await listen(t, server);
    const { lifecycle, servers } = drainedService(t, { drainWindow: { minMs: 200, maxMs: 200 } });
    servers.drain(createServer());
    const stopped = lifecycle.stop();
    assert.equal((await ask(url)).headers.connection, "close");
    assert.equal((await stopped).clean, true);
    assert.equal(server.listening, false);
  });

  test("takes charge of a server that is only handed sockets, until the last one has closed", async (t) => {
    const { lifecycle } = drainedService(t);
    const held = holdRequests();
    const inner = createServer(held.listener);
    const outer = await listen(
      t,
      createNetServer((socket) => void inner.emit("connection", socket)),
    );
    const [gone, patient] = [talk(t, await plain.connect(outer.port)), talk(t, await plain.connect(outer.port))];
    for (const client of [gone, patient]) client.ask("/orders");
    await held.whenHeld(2);
    gone.socket.destroy();
    await until(() => lifecycle.inFlight.count() === 1);
    const stopped = lifecycle.stop();
    held.release();
    assert.deepEqual(await patient.answers(1), [{ status: 200, connection: "close", body: "done" }]);
    assert.deepEqual(drainHooks(await stopped), ["http server (not listening) done"]);
  });

  test("takes charge of a server that it is told of, before that listens or after", async (t) => {
    const { server } = await listen(t, createServer(answer));
    const { lifecycle, servers } = drainedService(t);
    const later = createServer(answer);
    servers.drain(server);
    servers.drain(later);
    await listen(t, later);
    const report = await lifecycle.stop();
    assert.equal(drainHooks(report).length, 2);
    assert.deepEqual([server.listening, later.listening], [false, false]);
  });

  test("leaves a server alone that it is told to ignore", async (t) => {
    const { lifecycle, servers } = drainedService(t);
    const early = createServer(answer);
    servers.ignore(early);
    const { url: earlyUrl } = await listen(t, early);
    const { server: late, url: lateUrl } = await serve(t, plain, answer);
    servers.ignore(late);
    for (const url of [earlyUrl, lateUrl]) await ask(url);
    const report = await lifecycle.stop();
    assert.deepEqual(drainHooks(report), []);
    for (const url of [earlyUrl, lateUrl]) {
      const agent = plain.keepAliveAgent();
      assert.equal((await ask(url, { agent })).headers.connection, "keep-alive");
      agent.destroy();
    }
    assert.deepEqual([early.listening, late.listening], [true, true]);
  });

  test("drains an ignored server after all when told so", async (t) => {
    const { lifecycle, servers } = drainedService(t);
    const held = holdRequests();
    const { server, port } = await serve(t, plain, held.listener);
    servers.ignore(server);
    servers.drain(server);
    const client = talk(t, await plain.connect(port));
    client.ask("/orders");
    await held.whenHeld(1);
    const stopped = lifecycle.stop();
    await until(() => !server.listening);
    held.release();
    assert.equal((await client.answers(1))[0]?.connection, "close");
    assert.equal((await stopped).finished, 1);
  });

  test("lets go for good of a server whose handle is disposed of", async (t) => {
    const { lifecycle, servers } = drainedService(t);
    const { server, url } = await serve(t, plain, answer);
    servers.drain(server)[Symbol.dispose]();
    await ask(url);
    assert.deepEqual(drainHooks(await lifecycle.stop()), []);
    assert.equal(server.listening, true);
  });
});

describe("letting go", { timeout: longMs }, () => {
  const ways: Readonly<Record<string, (servers: DrainedServers, server: NetServer) => void>> = {
    "the servers are disposed of": (servers) => servers[Symbol.dispose](),
    "a server is ignored": (servers, server) => servers.ignore(server),
    "its handle is disposed of": (servers, server) => servers.drain(server)[Symbol.dispose](),
  };
  const kinds: Readonly<Record<string, () => NetServer>> = {
    http: () => createServer(answer),
    https: () => createHttpsServer(selfSignedCertificate(), answer),
    http2: () => createHttp2Server(),
  };
  for (const [way, letGo] of Object.entries(ways)) {
    for (const [kind, create] of Object.entries(kinds)) {
      test(`restores every listener count of a server of ${kind} when ${way}`, async (t) => {
        const server = create();
        const before = listenersOf(server);
        const { servers } = drainedService(t);
        const { url } = await listen(t, server);
        if (kind === "http") await ask(url);
        assert.notDeepEqual(listenersOf(server), before);
        letGo(servers, server);
        assert.deepEqual(listenersOf(server), before);
      });
    }
  }

  test("leaves what is in flight as it was, but still counts it out", async (t) => {
    const { lifecycle, servers } = drainedService(t);
    const held = holdRequests();
    const { server, port } = await serve(t, plain, held.listener);
    const client = talk(t, await plain.connect(port));
    client.ask("/orders");
    await held.whenHeld(1);
    servers[Symbol.dispose]();
    const stopped = lifecycle.stop();
    assert.equal(lifecycle.inFlight.count(), 1);
    held.release();
    assert.equal((await client.answers(1))[0]?.connection, "keep-alive");
    assert.equal((await stopped).finished, 1);
    assert.equal(server.listening, true);
  });

  test("happens by itself when the application closes a server, which then holds no drain window open", async (t) => {
    const service = drainedService(t, { drainWindow: { minMs: longMs / 2, maxMs: longMs / 2 } });
    const { server, url } = await serve(t, plain, answer);
    const before = listenersOf(createServer(answer));
    await ask(url);
    server.close();
    await once(server, "close");
    assert.deepEqual(listenersOf(server), before);
    const report = await service.lifecycle.stop();
    assert.deepEqual(drainHooks(report), []);
    assert.ok(report.durationMs < longMs / 4);
  });

  test("is over when a closed server listens again", async (t) => {
    const service = drainedService(t);
    const names = foundBy(t, service);
    const { server, port } = await serve(t, plain, answer);
    server.close();
    await once(server, "close");
    await listen(t, server, { port });
    assert.deepEqual(names, [`http server 127.0.0.1:${port}`, `http server 127.0.0.1:${port}`]);
    assert.deepEqual(drainHooks(await service.lifecycle.stop()), [`http server 127.0.0.1:${port} done`]);
  });

  test("is no haste: a server that the application closes in the stop finishes what is in flight", async (t) => {
    const { lifecycle } = drainedService(t);
    const held = holdRequests();
    const { server, port } = await serve(t, plain, held.listener);
    const client = talk(t, await plain.connect(port));
    client.ask("/orders");
    await held.whenHeld(1);
    const stopped = lifecycle.stop();
    server.close();
    held.release();
    assert.deepEqual(await client.answers(1), [{ status: 200, connection: "close", body: "done" }]);
    assert.equal((await stopped).clean, true);
  });
});

describe("several servers", { timeout: longMs }, () => {
  test("drain together, also on one port number of two addresses", async (t) => {
    const { lifecycle } = drainedService(t);
    const held = holdRequests();
    const { port } = await serve(t, plain, held.listener);
    await listen(t, createServer(answer), { port, host: "127.0.0.2" });
    const client = talk(t, await plain.connect(port));
    client.ask("/orders");
    await held.whenHeld(1);
    const stopped = lifecycle.stop();
    await assert.rejects(
      until(async () => (await ask(`http://127.0.0.2:${port}`)).status !== 200),
      {
        code: "ECONNREFUSED",
      },
    );
    held.release();
    assert.deepEqual(drainHooks(await stopped), [
      `http server 127.0.0.1:${port} done`,
      `http server 127.0.0.2:${port} done`,
    ]);
  });

  test("of which one has no port are named by its path", async (t) => {
    const service = drainedService(t);
    const path = join(tmpdir(), `seaworthy-${process.pid}.sock`);
    const server = createServer(answer).listen(path);
    await once(server, "listening");
    assert.equal((await ask("http://localhost/orders", { socketPath: path })).body, "done");
    assert.deepEqual(drainHooks(await service.lifecycle.stop()), [`http server ${path} done`]);
    await assert.rejects(ask("http://localhost/orders", { socketPath: path }), { code: "ENOENT" });
  });

  test("of which one begins to listen while draining are all drained", async (t) => {
    const service = drainedService(t);
    const held = holdRequests();
    const { server, port } = await serve(t, plain, held.listener);
    const client = talk(t, await plain.connect(port));
    client.ask("/orders");
    await held.whenHeld(1);
    const stopped = service.lifecycle.stop();
    await until(() => !server.listening);
    const late = createServer(answer);
    const { port: latePort } = await listen(t, late);
    held.release();
    assert.deepEqual(drainHooks(await stopped), [
      `http server 127.0.0.1:${port} done`,
      `http server 127.0.0.1:${latePort} done`,
    ]);
    assert.equal(late.listening, false);
  });

  test("of which one takes over the address of one that has drained are both in the report", async (t) => {
    const service = drainedService(t);
    const held = holdRequests();
    const { server: busy, port: busyPort } = await serve(t, plain, held.listener);
    const client = talk(t, await plain.connect(busyPort));
    client.ask("/orders");
    await held.whenHeld(1);
    const { server, port } = await serve(t, plain, answer);
    const stopped = service.lifecycle.stop();
    await until(() => !server.listening && !busy.listening);
    await listen(t, createServer(answer), { port });
    held.release();
    assert.deepEqual(drainHooks(await stopped), [
      `http server 127.0.0.1:${busyPort} done`,
      `http server 127.0.0.1:${port} done`,
      `http server 127.0.0.1:${port} #2 done`,
    ]);
  });

  test("that share an address in turn are each found", async (t) => {
    const service = drainedService(t);
    const names = foundBy(t, service);
    const { server, port } = await serve(t, plain, answer);
    await new Promise((resolve) => void server.close(resolve));
    await listen(t, createServer(answer), { port });
    assert.deepEqual(names, [`http server 127.0.0.1:${port}`, `http server 127.0.0.1:${port}`]);
  });
});

test("nothing stays subscribed when the service is gone", () => {
  for (const name of ["tracing:net.server.listen:asyncEnd", "http.server.request.start"]) {
    assert.equal(channel(name).hasSubscribers, false);
  }
});
