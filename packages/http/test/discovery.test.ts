import assert from "node:assert/strict";
import { channel } from "node:diagnostics_channel";
import { once } from "node:events";
import { type ServerResponse, createServer } from "node:http";
import { type AddressInfo, connect, createServer as createNetServer } from "node:net";
import { test } from "node:test";
import { SeaworthyError } from "@seaworthy/lifecycle";
import { drainServers } from "../src/discovery.ts";
import type { HttpServer } from "../src/http-server.ts";
import { startedService } from "./service.ts";

const channels = ["tracing:net.server.listen:asyncEnd", "http.server.request.start"].map((name) => channel(name));

const subscribed = (): readonly boolean[] => channels.map(({ hasSubscribers }) => hasSubscribers);

test("servers are looked for until it is disposed of", () => {
  assert.deepEqual(subscribed(), [false, false]);
  const servers = drainServers(startedService().lifecycle);
  assert.deepEqual(subscribed(), [true, true]);
  servers[Symbol.dispose]();
  assert.deepEqual(subscribed(), [false, false]);
});

test("what is no HTTP server cannot be drained", () => {
  const { lifecycle } = startedService();
  const servers = drainServers(lifecycle);
  for (const other of [createNetServer(), {}, undefined, null, 8080]) {
    assert.throws(
      () => servers.drain(other as HttpServer),
      (error: unknown) => {
        assert.ok(error instanceof SeaworthyError);
        assert.equal(error.code, "ERR_SEAWORTHY_OPTION");
        assert.match(error.message, /^Expected a server of node:http.+, got .+\. [A-Z].+\.$/);
        return true;
      },
    );
  }
  servers[Symbol.dispose]();
});

test("a server is taken charge of once, and let go of with every listener as it was", async (t) => {
  const { lifecycle } = startedService();
  const server = createServer().listen(0, "127.0.0.1");
  t.after(() => server.close());
  await once(server, "listening");
  const events = ["connection", "close", "session", "stream", "request"];
  const counts = (): readonly number[] => events.map((name) => server.listenerCount(name));
  const before = counts();
  const seen: HttpServer[] = [];
  const servers = drainServers(lifecycle, { onServer: (found) => seen.push(found) });
  servers.drain(server);
  const handle = servers.drain(server);
  assert.notDeepEqual(counts(), before);
  assert.deepEqual(seen, [server]);
  handle[Symbol.dispose]();
  assert.deepEqual(counts(), before);
  servers.drain(server);
  servers.ignore(server);
  assert.deepEqual(counts(), before);
  servers.drain(server);
  servers[Symbol.dispose]();
  assert.deepEqual(counts(), before);
});

test("what is no response cannot be long-lived", () => {
  const { lifecycle } = startedService();
  const servers = drainServers(lifecycle);
  for (const other of [{}, undefined, null, "response"]) {
    assert.throws(() => servers.longLived(other as ServerResponse), {
      code: "ERR_SEAWORTHY_OPTION",
      message: /^Expected a response of node:http.+, got .+\. [A-Z].+\.$/,
    });
  }
  servers[Symbol.dispose]();
});

test("servers that do not listen yet are told apart in the report", async () => {
  const { lifecycle } = startedService();
  const servers = drainServers(lifecycle);
  for (let count = 0; count < 3; count += 1) servers.drain(createServer());
  const { hooks } = await lifecycle.stopNow();
  assert.deepEqual(
    hooks.map(({ kind, name }) => `${kind} ${name}`),
    [
      "drain http server (not listening)",
      "drain http server (not listening) #2",
      "drain http server (not listening) #3",
    ],
  );
  servers[Symbol.dispose]();
});

test("a server that is handed over before it listens is told, and named, when it does", async (t) => {
  const { lifecycle } = startedService();
  const seen: HttpServer[] = [];
  const servers = drainServers(lifecycle, { onServer: (found) => seen.push(found) });
  const server = createServer();
  t.after(() => server.close());
  servers.drain(server);
  assert.deepEqual(seen, []);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  assert.deepEqual(seen, [server]);
  const { hooks } = await lifecycle.stopNow();
  assert.match(hooks.map(({ name }) => name).join(), /^http server 127\.0\.0\.1:\d+$/);
  servers[Symbol.dispose]();
});

test("the servers of a life are drained by one call", () => {
  const { lifecycle } = startedService();
  const first = drainServers(lifecycle);
  assert.throws(() => drainServers(lifecycle), { code: "ERR_SEAWORTHY_ALREADY_DRAINED" });
  first[Symbol.dispose]();
  drainServers(lifecycle)[Symbol.dispose]();
});

test("a server that is only handed sockets is forgotten with the last one", async (t) => {
  const { lifecycle } = startedService();
  const servers = drainServers(lifecycle);
  const inner = createServer((_request, response) => response.end("inner"));
  const outer = createNetServer((socket) => inner.emit("connection", socket)).listen(0, "127.0.0.1");
  t.after(() => outer.close());
  await once(outer, "listening");
  const { port } = outer.address() as AddressInfo;
  for (let asked = 0; asked < 3; asked += 1) {
    const socket = connect(port, "127.0.0.1").resume();
    socket.write("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    await once(socket, "close");
  }
  while (inner.listenerCount("connection") > 1) await new Promise((resolve) => void setImmediate(resolve));
  const { hooks } = await lifecycle.stopNow();
  assert.deepEqual(hooks, []);
  servers[Symbol.dispose]();
});
