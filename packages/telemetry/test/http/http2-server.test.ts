import assert from "node:assert/strict";
import { once } from "node:events";
import {
  type ClientHttp2Session,
  type Http2Server,
  type IncomingHttpHeaders,
  type OutgoingHttpHeaders,
  connect,
  constants,
  createServer,
} from "node:http2";
import type { AddressInfo } from "node:net";
import { type TestContext, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { trace } from "@opentelemetry/api";
import fastify from "fastify";
import { contexts, traced } from "./traced.ts";

const activeSpan = (): string => trace.getSpan(contexts.active())?.spanContext().spanId ?? "none";

/** A server on a free port and a session with it, both gone when the test is over. */
async function session(t: TestContext, server: Http2Server): Promise<ClientHttp2Session> {
  if (!server.listening) await once(server.listen(0, "127.0.0.1"), "listening");
  const client = connect(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  t.after(() => {
    client.destroy();
    server.close();
  });
  return client;
}

async function send(client: ClientHttp2Session, headers: OutgoingHttpHeaders, body?: string): Promise<number> {
  const stream = client.request(headers, { endStream: body === undefined });
  if (body !== undefined) {
    stream.write(body.slice(0, 1));
    await sleep(5);
    stream.end(body.slice(1));
  }
  const [answer] = (await once(stream, "response")) as [IncomingHttpHeaders & { ":status": number }];
  stream.resume();
  await once(stream, "close");
  return answer[":status"];
}

test("the compatible interface: a span is active wherever a request is handled", async (t) => {
  const tracing = traced(t);
  const seen: [string, string][] = [];
  const look = (place: string): void => void seen.push([place, activeSpan()]);
  const server = createServer((request, response) => {
    look("handler");
    request.on("data", () => look("data"));
    request.on("close", () => look("request close"));
    response.on("finish", () => look("finish"));
    response.on("close", () => look("close"));
    request.on("end", () => {
      look("end");
      setTimeout(() => {
        look("timer");
        response.statusCode = 201;
        response.end("hello");
      }, 1);
    });
  });
  const client = await session(t, server);
  const headers = { ":path": "/users?sig=abc", ":method": "POST", "user-agent": "h2" };
  assert.equal(await send(client, headers, "body"), 201);
  const [span] = await tracing.ended(1);
  await sleep(5);
  const id = span?.spanContext().spanId;
  assert.deepEqual(
    new Set(seen.map(([place]) => place)),
    new Set(["handler", "data", "end", "timer", "finish", "request close", "close"]),
  );
  assert.deepEqual(new Set(seen.map(([, active]) => active)), new Set([id]));
  const { "network.peer.port": _peerPort, ...attributes } = span?.attributes ?? {};
  assert.equal(span?.name, "POST");
  assert.deepEqual(attributes, {
    "http.request.method": "POST",
    "url.path": "/users",
    "url.query": "sig=REDACTED",
    "url.scheme": "http",
    "server.address": "127.0.0.1",
    "server.port": (server.address() as AddressInfo).port,
    "client.address": "127.0.0.1",
    "network.peer.address": "127.0.0.1",
    "network.protocol.version": "2",
    "user_agent.original": "h2",
    "http.response.status_code": 201,
  });
  const [point] = await tracing.points("http.server.request.duration");
  assert.equal(point?.attributes["network.protocol.version"], "2");
});

test("the interface of streams: each stream has its own span, and pushed ones have none", async (t) => {
  const tracing = traced(t);
  const ids: string[] = [];
  const server = createServer();
  server.on("stream", (stream, headers) => {
    ids.push(activeSpan());
    if (headers[":path"] === "/push") {
      stream.pushStream({ ":path": "/pushed" }, (_error, pushed) => {
        pushed.respond({ ":status": 200 });
        pushed.end("pushed");
      });
    }
    stream.respond({ ":status": headers[":path"] === "/broken" ? 500 : 200 });
    stream.end("hello");
  });
  const client = await session(t, server);
  const traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
  await Promise.all(["/one", "/push", "/broken"].map((path) => send(client, { ":path": path, traceparent })));
  const spans = await tracing.ended(3);
  await sleep(5);
  assert.equal(tracing.spans().length, 3);
  assert.deepEqual(
    new Set(spans.map(({ attributes }) => attributes["url.path"])),
    new Set(["/one", "/push", "/broken"]),
  );
  assert.deepEqual(new Set(spans.map((span) => span.spanContext().spanId)), new Set(ids));
  assert.deepEqual(
    new Set(spans.map(({ parentSpanContext }) => parentSpanContext?.spanId)),
    new Set(["b7ad6b7169203331"]),
  );
  const broken = spans.find(({ attributes }) => attributes["url.path"] === "/broken");
  assert.deepEqual([broken?.status.code, broken?.attributes["error.type"]], [2, "500"]);
});

test("a stream that its client cancels ends its span", async (t) => {
  const tracing = traced(t);
  const server = createServer(() => {});
  const client = await session(t, server);
  const stream = client.request({ ":path": "/slow" });
  stream.on("error", () => {});
  await once(server, "request");
  stream.close(constants.NGHTTP2_CANCEL);
  const [span] = await tracing.ended(1);
  assert.equal(span?.attributes["error.type"], "aborted");
  assert.equal(span?.attributes["http.response.status_code"], undefined);
  assert.deepEqual(
    (await tracing.points("http.server.active_requests")).map(({ value }) => value),
    [0],
  );
});

test("what the user ignores leaves no trace over HTTP/2 either", async (t) => {
  const tracing = traced(t, { isIgnored: ({ url }) => url === "/ignored" });
  const ids: string[] = [];
  const server = createServer((_request, response) => {
    ids.push(activeSpan());
    response.end();
  });
  const client = await session(t, server);
  await send(client, { ":path": "/ignored" });
  await send(client, { ":path": "/seen" });
  const [span] = await tracing.ended(1);
  assert.deepEqual(ids, ["none", span?.spanContext().spanId]);
});

test("Fastify over HTTP/2 tells its route", async (t) => {
  const tracing = traced(t);
  const app = fastify({ http2: true });
  app.get("/users/:id", () => "ok");
  await app.listen({ port: 0, host: "127.0.0.1" });
  const client = await session(t, app.server);
  t.after(() => app.close());
  await send(client, { ":path": "/users/7" });
  const [span] = await tracing.ended(1);
  assert.equal(span?.name, "GET /users/:id");
});

test("a server keeps no listener of ours when it is let go of", async (t) => {
  const tracing = traced(t);
  const server = createServer((_request, response) => void response.end());
  const before = server.listenerCount("stream");
  const client = await session(t, server);
  await send(client, { ":path": "/" });
  await tracing.ended(1);
  tracing.servers[Symbol.dispose]();
  assert.deepEqual([server.listenerCount("stream"), server.listenerCount("close")], [before, 0]);
  await send(client, { ":path": "/" });
  assert.equal(tracing.spans().length, 1);
});
