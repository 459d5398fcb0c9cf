import assert from "node:assert/strict";
import { once } from "node:events";
import {
  type ClientHttp2Session,
  type Http2Server,
  type Http2ServerRequest,
  type Http2ServerResponse,
  type OutgoingHttpHeaders,
  type ServerHttp2Stream,
  connect,
  createSecureServer,
  createServer,
} from "node:http2";
import { get } from "node:https";
import type { IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { type TestContext, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { certificate } from "./certificate.ts";
import { type Traced, traced } from "./traced.ts";

type Answer = (request: Http2ServerRequest, response: Http2ServerResponse) => void;

async function session(t: TestContext, server: Http2Server): Promise<ClientHttp2Session> {
  await once(server.listen(0, "127.0.0.1"), "listening");
  const client = connect(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  client.on("error", () => {});
  t.after(() => {
    client.destroy();
    server.close();
  });
  return client;
}

/** Sends and waits for the end, whatever it is. */
async function send(client: ClientHttp2Session, headers: OutgoingHttpHeaders): Promise<void> {
  const stream = client.request(headers, { endStream: true });
  stream.on("error", () => {}).resume();
  if (!stream.closed) await once(stream, "close").catch(() => {});
}

async function isSettled(tracing: Traced, count: number): Promise<Record<string, unknown>[]> {
  const spans = await tracing.ended(count);
  await sleep(10);
  assert.equal(tracing.spans().length, count);
  const active = await tracing.points("http.server.active_requests");
  assert.deepEqual(
    active.filter(({ value }) => value !== 0),
    [],
  );
  assert.deepEqual(tracing.notices, []);
  return spans.map(({ attributes }) => attributes);
}

test("a server over TLS that speaks both versions has a span for each request of either", async (t) => {
  const tracing = traced(t);
  const { key, cert } = certificate();
  const server = createSecureServer(
    { key, cert, allowHTTP1: true },
    (_request, response) => void response.end("hello"),
  );
  await once(server.listen(0, "127.0.0.1"), "listening");
  const { port } = server.address() as AddressInfo;
  const client = connect(`https://localhost:${port}`, { ca: cert });
  t.after(() => {
    client.destroy();
    server.close();
  });
  await send(client, { ":path": "/two" });
  const old = get({ port, host: "localhost", family: 4, path: "/one", ca: cert, agent: false });
  const [response] = (await once(old, "response")) as [IncomingMessage];
  await response.toArray();
  const [two, one] = await isSettled(tracing, 2);
  for (const [attributes, path, version] of [
    [two, "/two", "2"],
    [one, "/one", "1.1"],
  ] as const) {
    assert.equal(attributes?.["url.path"], path);
    assert.equal(attributes["network.protocol.version"], version);
    assert.equal(attributes["url.scheme"], "https");
    assert.equal(attributes["server.address"], "localhost");
    assert.equal(attributes["server.port"], port);
  }
});

const answers: Readonly<Record<string, Answer>> = {
  "ended twice": (_request, response) => void response.end("one").end("two"),
  "given a head twice": (_request, response) => {
    response.writeHead(200);
    assert.throws(() => response.writeHead(500));
    response.end();
  },
  "destroyed at once": (_request, response) => response.stream.destroy(),
  "destroyed with an error": (_request, response) =>
    response.stream.on("error", () => {}).destroy(new Error("no more")),
  "destroyed with its session": ({ stream }) => stream.session?.destroy(),
  "ended with its session": ({ stream }, response) => {
    stream.session?.close();
    response.end("hello");
  },
  "without a body": (_request, response) => void response.writeHead(204).end(),
};
for (const [name, answer] of Object.entries(answers)) {
  test(`an answer that is ${name} ends its span once`, async (t) => {
    const tracing = traced(t);
    const client = await session(t, createServer(answer));
    await send(client, { ":path": "/" });
    await isSettled(tracing, 1);
  });
}

for (const method of ["HEAD", "OPTIONS", "PURGE"]) {
  test(`${method} is told over HTTP/2`, async (t) => {
    const tracing = traced(t);
    const client = await session(
      t,
      createServer((_request, response) => void response.end()),
    );
    await send(client, { ":path": "/", ":method": method });
    const [attributes] = await isSettled(tracing, 1);
    assert.equal(attributes?.["http.request.method"], method === "PURGE" ? "_OTHER" : method);
  });
}

test("hostile headers cost a request nothing over HTTP/2", async (t) => {
  const tracing = traced(t);
  const client = await session(
    t,
    createServer((_request, response) => void response.end()),
  );
  await send(client, {
    ":path": `/${"x".repeat(4_000)}?%zz`,
    ":authority": "[:::99999999",
    traceparent: "00-zz",
    tracestate: "=".repeat(2_000),
    forwarded: "a".repeat(4_000),
  });
  const [attributes] = await isSettled(tracing, 1);
  assert.equal(attributes?.["http.response.status_code"], 200);
});

test("a tunnel is handed over, and is no request", async (t) => {
  const tracing = traced(t);
  const server = createServer({ settings: { enableConnectProtocol: true } });
  server.on("stream", (stream: ServerHttp2Stream) => {
    stream.respond({ ":status": 200 });
    stream.end("tunnel");
  });
  const client = await session(t, server);
  await once(client, "remoteSettings");
  await send(client, { ":method": "CONNECT", ":authority": "example.com:443" });
  await send(client, { ":method": "CONNECT", ":protocol": "websocket", ":path": "/", ":scheme": "http" });
  await isSettled(tracing, 0);
});

test("a client that goes away ends all that it has asked for", async (t) => {
  const tracing = traced(t);
  const asked: Http2ServerRequest[] = [];
  const server = createServer((request) => void asked.push(request));
  const client = await session(t, server);
  for (let number = 0; number < 20; number += 1) {
    client.request({ ":path": `/${number}` }).on("error", () => {});
  }
  while (asked.length < 20) await sleep(2);
  client.destroy();
  const all = await isSettled(tracing, 20);
  assert.deepEqual(new Set(all.map((attributes) => attributes["error.type"])), new Set(["aborted"]));
});
