import assert from "node:assert/strict";
import { EventEmitter } from "node:events";
import { createServer as createHttpServer } from "node:http";
import { createSecureServer, createServer as createHttp2Server } from "node:http2";
import { createServer as createHttpsServer } from "node:https";
import { createServer as createNetServer } from "node:net";
import { test } from "node:test";
import { createServer as createTlsServer } from "node:tls";
import { describeAddress, isHttp2Server, isHttpServer } from "../src/http-server.ts";

test("servers of http, https and http2 are known by their shape", () => {
  for (const server of [createHttpServer(), createHttpsServer(), createHttp2Server(), createSecureServer()]) {
    assert.equal(isHttpServer(server), true);
  }
});

test("other servers and other things are not", () => {
  for (const other of [createNetServer(), createTlsServer(), new EventEmitter(), {}, undefined, null, "server", 8080]) {
    assert.equal(isHttpServer(other), false);
    assert.equal(isHttp2Server(other), false);
  }
});

test("those of http2 are told from those of http", () => {
  for (const server of [createHttp2Server(), createSecureServer()]) assert.equal(isHttp2Server(server), true);
  for (const server of [createHttpServer(), createHttpsServer()]) assert.equal(isHttp2Server(server), false);
});

test("an address is described as an operator would look for it", () => {
  assert.equal(describeAddress({ address: "127.0.0.1", family: "IPv4", port: 8080 }), "127.0.0.1:8080");
  assert.equal(describeAddress({ address: "::", family: "IPv6", port: 8080 }), "[::]:8080");
  assert.equal(describeAddress("/run/app.sock"), "/run/app.sock");
  assert.equal(describeAddress(null), "(not listening)");
});
