import assert from "node:assert/strict";
import { EventEmitter } from "node:events";
import { createServer } from "node:http";
import { createServer as createHttp2Server } from "node:http2";
import { createServer as createNetServer } from "node:net";
import { test } from "node:test";
import { type WebSocketServer, drainWebSocketServer, isWebSocketServer } from "../../src/drain/web-socket-server.ts";
import { startedService } from "../service.ts";

function webSocketServer(clients?: ReadonlySet<never>): WebSocketServer & EventEmitter {
  return Object.assign(new EventEmitter(), { clients, handleUpgrade() {} });
}

test("a WebSocket server is known by its shape", () => {
  assert.equal(isWebSocketServer(webSocketServer()), true);
  for (const other of [
    createServer(),
    createHttp2Server(),
    createNetServer(),
    new EventEmitter(),
    {},
    // The shape of engine.io.
    Object.assign(new EventEmitter(), { handleUpgrade() {}, clients: {} }),
    null,
    undefined,
  ]) {
    assert.equal(isWebSocketServer(other), false);
  }
});

test("a client that closes in the middle of being asked is asked no more", async () => {
  const { clock, lifecycle } = startedService();
  const server = webSocketServer();
  const asked: string[] = [];
  const client = Object.assign(new EventEmitter(), {
    close(code: number) {
      asked.push(`close ${code}`);
      client.emit("close");
    },
    terminate: () => asked.push("terminate"),
  });
  const handle = drainWebSocketServer(lifecycle, server, "ws server", { longLivedMs: 5_000, onClosed: () => {} });
  server.emit("connection", client);
  const stopped = lifecycle.stop({ kind: "os-signal", osSignal: "SIGINT" });
  await clock.advance(0);
  assert.equal((await stopped).clean, true);
  assert.deepEqual(asked, ["close 1001"]);
  handle[Symbol.dispose]();
});

test("a client that never answers is terminated when the budget is spent, not before", async () => {
  const { clock, lifecycle } = startedService();
  const server = webSocketServer();
  const asked: string[] = [];
  const client = Object.assign(new EventEmitter(), {
    close: (code: number) => asked.push(`close ${code}`),
    terminate: () => asked.push("terminate"),
  });
  const handle = drainWebSocketServer(lifecycle, server, "ws server", { longLivedMs: 5_000, onClosed: () => {} });
  server.emit("connection", client);
  const stopped = lifecycle.stop({ kind: "os-signal", osSignal: "SIGINT" });
  await clock.advance(4_999);
  assert.deepEqual(asked, ["close 1001", "close 1001"]);
  await clock.advance(1);
  assert.deepEqual(asked, ["close 1001", "close 1001", "terminate"]);
  assert.equal((await stopped).clean, true);
  handle[Symbol.dispose]();
});

test("a client that comes and goes leaves nothing behind", async () => {
  const { lifecycle } = startedService();
  const server = webSocketServer();
  const client = Object.assign(new EventEmitter(), { close: assert.fail, terminate: assert.fail });
  const handle = drainWebSocketServer(lifecycle, server, "ws server", { longLivedMs: 5_000, onClosed: () => {} });
  server.emit("connection", client);
  client.emit("close");
  assert.equal((await lifecycle.stopNow()).cut.length, 0);
  handle[Symbol.dispose]();
  assert.deepEqual(server.eventNames(), []);
});
