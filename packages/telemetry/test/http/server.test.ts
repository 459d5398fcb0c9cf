import assert from "node:assert/strict";
import { channel } from "node:diagnostics_channel";
import { once } from "node:events";
import {
  type IncomingHttpHeaders,
  type IncomingMessage,
  type RequestListener,
  ServerResponse,
  createServer,
  request,
} from "node:http";
import { connect } from "node:net";
import { type TestContext, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { type Attributes, type Context, SpanKind, SpanStatusCode, propagation } from "@opentelemetry/api";
import { AlwaysOffSampler, type Sampler, SamplingDecision } from "@opentelemetry/sdk-trace";
import { setHttpRoute } from "../../src/http/route.ts";
import { contexts, listening, traced } from "./traced.ts";

/** Sends a request on a connection of its own; resolves with the status. */
async function send(
  port: number,
  { method = "GET", path = "/", headers = {} }: { method?: string; path?: string; headers?: IncomingHttpHeaders } = {},
): Promise<number | undefined> {
  const sent = request({ port, host: "127.0.0.1", method, path, headers, agent: false }).end();
  const [response] = (await once(sent, "response")) as [IncomingMessage];
  response.resume();
  await once(response, "end");
  return response.statusCode;
}

/** Sends text as it is and waits for the end of the connection. */
async function sendText(port: number, text: string): Promise<void> {
  const socket = connect(port, "127.0.0.1");
  socket.end(text);
  socket.resume();
  await once(socket, "close");
}

const hello: RequestListener = (_request, response) => void response.end("hello");

/** The attributes that every request has, and those of its own. */
const attributesOf = (port: number, own: Attributes): Attributes => ({
  "http.request.method": "GET",
  "url.path": "/",
  "url.scheme": "http",
  "server.address": "127.0.0.1",
  "server.port": port,
  "client.address": "127.0.0.1",
  "network.peer.address": "127.0.0.1",
  "network.protocol.version": "1.1",
  "http.response.status_code": 200,
  ...own,
});

/** The attributes of the one span, without the port of the client, which is any. */
async function spanOf(t: TestContext, ask: (port: number) => Promise<unknown>, listener = hello) {
  const tracing = traced(t);
  const { port } = await listening(t, listener);
  await ask(port);
  const [span] = await tracing.ended(1);
  assert.ok(span);
  const { "network.peer.port": peerPort, ...attributes } = span.attributes;
  assert.equal(typeof peerPort, "number");
  return { tracing, span, attributes, port };
}

test("a span says what was asked, by whom, of whom and how it ended", async (t) => {
  const { span, attributes, port } = await spanOf(t, (to) =>
    send(to, { path: "/users/7?verbose=1", headers: { "user-agent": "curl/8" } }),
  );
  assert.equal(span.name, "GET");
  assert.equal(span.kind, SpanKind.SERVER);
  assert.deepEqual(span.status, { code: SpanStatusCode.UNSET });
  assert.deepEqual(
    attributes,
    attributesOf(port, { "url.path": "/users/7", "url.query": "verbose=1", "user_agent.original": "curl/8" }),
  );
});

test("a method that is not known has a name of its own and is told beside it", async (t) => {
  const { span, attributes, port, tracing } = await spanOf(t, (to) => send(to, { method: "PURGE" }));
  assert.equal(span.name, "HTTP");
  const own = { "http.request.method": "_OTHER", "http.request.method_original": "PURGE" };
  assert.deepEqual(attributes, attributesOf(port, own));
  const [point] = await tracing.points("http.server.request.duration");
  assert.equal(point?.attributes["http.request.method"], "_OTHER");
});

test("signatures and credentials in a query are not told", async (t) => {
  const { attributes } = await spanOf(t, (to) => send(to, { path: "/?a=1&sig=s3cret&b=2&X-Goog-Signature=abc" }));
  assert.equal(attributes["url.query"], "a=1&sig=REDACTED&b=2&X-Goog-Signature=REDACTED");
});

test("behind a proxy, client and server are those that the proxy names", async (t) => {
  const headers = {
    "x-forwarded-for": "203.0.113.9, 10.0.0.1",
    "x-forwarded-host": "shop.example",
    "x-forwarded-proto": "https",
  };
  const { attributes, port } = await spanOf(t, (to) => send(to, { headers }));
  const own = {
    "client.address": "203.0.113.9",
    "server.address": "shop.example",
    "server.port": 443,
    "url.scheme": "https",
  };
  assert.deepEqual(attributes, attributesOf(port, own));
});

test("a request target in absolute form has its path told", async (t) => {
  const { attributes } = await spanOf(t, (to) =>
    sendText(to, "GET http://example.com/a?b=c HTTP/1.1\r\nhost: example.com\r\nconnection: close\r\n\r\n"),
  );
  assert.deepEqual([attributes["url.path"], attributes["url.query"]], ["/a", "b=c"]);
});

for (const { status, error } of [
  { status: 404, error: false },
  { status: 500, error: true },
  { status: 503, error: true },
]) {
  test(`${status} is ${error ? "an error" : "no error"} of the server`, async (t) => {
    const { span, attributes, port, tracing } = await spanOf(t, send, (_request, response) => {
      response.writeHead(status).end();
    });
    const own: Attributes = { "http.response.status_code": status };
    if (error) own["error.type"] = String(status);
    assert.deepEqual(attributes, attributesOf(port, own));
    assert.deepEqual(span.status, { code: error ? SpanStatusCode.ERROR : SpanStatusCode.UNSET });
    const [point] = await tracing.points("http.server.request.duration");
    assert.equal(point?.attributes["error.type"], error ? String(status) : undefined);
  });
}

test("an answer that breaks off has its status and why", async (t) => {
  const tracing = traced(t);
  const { port } = await listening(t, (_request, response) => {
    response.writeHead(200).write("half");
    setTimeout(() => response.destroy(Object.assign(new Error("gone"), { code: "E_DATABASE" })), 5);
  });
  await assert.rejects(send(port));
  const [span] = await tracing.ended(1);
  assert.equal(span?.attributes["http.response.status_code"], 200);
  assert.equal(span?.attributes["error.type"], "E_DATABASE");
});

test("a span belongs to the trace of its caller, and its baggage comes along", async (t) => {
  const tracing = traced(t);
  const baggage: (string | undefined)[] = [];
  const { port } = await listening(t, (_request, response) => {
    baggage.push(propagation.getBaggage(contexts.active())?.getEntry("tenant")?.value);
    response.end();
  });
  const traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
  await send(port, { headers: { traceparent, baggage: "tenant=acme" } });
  const [span] = await tracing.ended(1);
  assert.equal(span?.spanContext().traceId, "0af7651916cd43dd8448eb211c80319c");
  assert.deepEqual([span?.parentSpanContext?.spanId, span?.parentSpanContext?.isRemote], ["b7ad6b7169203331", true]);
  assert.deepEqual(baggage, ["acme"]);
});

test("one that was not sampled by its caller is not sampled, and counted all the same", async (t) => {
  const tracing = traced(t);
  const { port } = await listening(t, hello);
  await send(port, { headers: { traceparent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00" } });
  while ((await tracing.points("http.server.request.duration")).length === 0) await sleep(2);
  assert.deepEqual(tracing.spans(), []);
});

test("durations are kept in seconds by method, scheme, version, status and route", async (t) => {
  const tracing = traced(t);
  const { port } = await listening(t, (incoming, response) => {
    if (incoming.url !== "/none") setHttpRoute("/things/:id");
    response.statusCode = incoming.url === "/things/9" ? 404 : 200;
    response.end();
  });
  for (const path of ["/things/1", "/things/2", "/things/9", "/none"]) await send(port, { path });
  const spans = await tracing.ended(4);
  assert.deepEqual(
    spans.map(({ name }) => name),
    [...Array.from({ length: 3 }, () => "GET /things/:id"), "GET"],
  );
  const common = { "http.request.method": "GET", "url.scheme": "http", "network.protocol.version": "1.1" };
  const points = await tracing.points("http.server.request.duration");
  assert.deepEqual(points, [
    { attributes: { ...common, "http.response.status_code": 200, "http.route": "/things/:id" }, value: 2 },
    { attributes: { ...common, "http.response.status_code": 404, "http.route": "/things/:id" }, value: 1 },
    { attributes: { ...common, "http.response.status_code": 200 }, value: 1 },
  ]);
});

test("requests that are under way are counted", async (t) => {
  const tracing = traced(t);
  const waiting: ServerResponse[] = [];
  const { port } = await listening(t, (_request, response) => void waiting.push(response));
  const sent = [send(port), send(port), send(port, { method: "POST" })];
  while (waiting.length < 3) await sleep(2);
  const common = { "url.scheme": "http" };
  const active = (): ReturnType<typeof tracing.points> => tracing.points("http.server.active_requests");
  assert.deepEqual(await active(), [
    { attributes: { ...common, "http.request.method": "GET" }, value: 2 },
    { attributes: { ...common, "http.request.method": "POST" }, value: 1 },
  ]);
  for (const response of waiting) response.end();
  await Promise.all(sent);
  await tracing.ended(3);
  assert.deepEqual(
    (await active()).map(({ value }) => value),
    [0, 0],
  );
});

/** A sampler that notes what it is asked. */
function asking(asked: Attributes[], decision: SamplingDecision): Sampler {
  return {
    shouldSample(_context: Context, _traceId, _name, _kind, attributes) {
      asked.push({ ...attributes });
      return { decision };
    },
    toString: () => "asking",
  };
}

for (const decision of [SamplingDecision.NOT_RECORD, SamplingDecision.RECORD_AND_SAMPLED]) {
  test(`a sampler that reads attributes is given them, decision ${decision}`, async (t) => {
    const asked: Attributes[] = [];
    const tracing = traced(t, { sampler: asking(asked, decision) });
    const { port } = await listening(t, hello);
    await send(port, { path: "/a?b=c", headers: { "user-agent": "curl/8" } });
    const { "network.peer.port": _port, ...attributes } = asked[0] ?? {};
    const { "http.response.status_code": _status, ...expected } = attributesOf(port, {
      "url.path": "/a",
      "url.query": "b=c",
      "user_agent.original": "curl/8",
    });
    assert.deepEqual(attributes, expected);
    while ((await tracing.points("http.server.request.duration")).length === 0) await sleep(2);
    assert.equal(tracing.spans().length, decision === SamplingDecision.NOT_RECORD ? 0 : 1);
  });
}

test("a sampler that reads none is given none, and what is sampled has them all", async (t) => {
  const asked: Attributes[] = [];
  const sampler = asking(asked, SamplingDecision.RECORD_AND_SAMPLED);
  const tracing = traced(t, { sampler, samplerReadsAttributes: false });
  const { port } = await listening(t, hello);
  await send(port);
  const [span] = await tracing.ended(1);
  assert.deepEqual(asked, [{}]);
  const { "network.peer.port": _port, ...attributes } = span?.attributes ?? {};
  assert.deepEqual(attributes, attributesOf(port, {}));
});

test("what is not recorded has its headers read by nobody but the propagator", async (t) => {
  const tracing = traced(t, { sampler: new AlwaysOffSampler(), samplerReadsAttributes: false });
  const read: string[] = [];
  const { port, server } = await listening(t, hello);
  const watch = (message: unknown): void => {
    const { request: incoming } = message as { request: { headers: object } };
    const headers = new Proxy(incoming.headers, {
      get(target, key, receiver) {
        read.push(String(key));
        return Reflect.get(target, key, receiver) as unknown;
      },
    });
    Object.defineProperty(incoming, "headers", { value: headers });
  };
  // A listener that comes before: the tracing subscribes to the same channel.
  const started = channel("http.server.request.start");
  tracing.servers[Symbol.dispose]();
  started.subscribe(watch);
  t.after(() => started.unsubscribe(watch));
  const again = traced(t, { sampler: new AlwaysOffSampler(), samplerReadsAttributes: false });
  await send(port);
  while ((await again.points("http.server.request.duration")).length === 0) await sleep(2);
  assert.ok(server.listening);
  assert.deepEqual(new Set(read), new Set(["traceparent", "baggage", "host", "expect"]));
});

/** Answers as a probe handler does: it tells of the probe while it handles the request. */
const probe: RequestListener = (incoming, response) => {
  channel("seaworthy.http.probe").publish({ health: {}, request: incoming, result: {} });
  response.end("ok");
};

test("a probe leaves no span and no metric, neither the first at its path nor the next", async (t) => {
  const tracing = traced(t);
  const child: boolean[] = [];
  const { port } = await listening(t, (incoming, response) => {
    if (!incoming.url?.startsWith("/livez")) return hello(incoming, response);
    probe(incoming, response);
    const inside = tracing.provider.getTracer("test").startSpan("redis");
    child.push(inside.isRecording());
    inside.end();
  });
  for (const path of ["/livez", "/livez?verbose", "/livez"]) assert.equal(await send(port, { path }), 200);
  await send(port, { path: "/orders" });
  const spans = await tracing.ended(1);
  assert.deepEqual(
    spans.map(({ attributes }) => attributes["url.path"]),
    ["/orders"],
  );
  assert.deepEqual(tracing.spans().length, 1);
  assert.deepEqual(child, [false, false, false]);
  const durations = await tracing.points("http.server.request.duration");
  assert.deepEqual(
    durations.map(({ value }) => value),
    [1],
  );
  const active = await tracing.points("http.server.active_requests");
  assert.deepEqual(
    active.map(({ value }) => value),
    [0],
  );
});

test("a probe under a prefix is known by the path that was asked for, on its own server only", async (t) => {
  const tracing = traced(t);
  const { port } = await listening(t, (incoming, response) => {
    // As a framework does for what is mounted.
    incoming.url = "/livez";
    probe(incoming, response);
  });
  const other = await listening(t, hello);
  await send(port, { path: "/internal/livez" });
  await send(other.port, { path: "/internal/livez" });
  await send(other.port, { path: "/livez" });
  const spans = await tracing.ended(2);
  assert.deepEqual(
    spans.map(({ attributes }) => attributes["url.path"]),
    ["/internal/livez", "/livez"],
  );
});

test("a span of a probe is ended, so that nothing counts it as live", async (t) => {
  const tracing = traced(t);
  const begun: { ended?: boolean }[] = [];
  const { port } = await listening(t, (incoming, response) => {
    const span = contexts.active().getValue(Symbol.for("OpenTelemetry Context Key SPAN"));
    begun.push(span as { ended?: boolean });
    probe(incoming, response);
  });
  await send(port, { path: "/readyz" });
  while (begun[0]?.ended !== true) await sleep(2);
  assert.ok(tracing.servers.isDropped(begun[0]));
  assert.deepEqual(tracing.spans(), []);
});

test("a probe that nobody traces is no concern", async (t) => {
  const tracing = traced(t);
  channel("seaworthy.http.probe").publish({ health: {}, request: { method: "GET", url: "/livez", headers: {} } });
  channel("seaworthy.http.probe").publish({});
  assert.deepEqual(tracing.notices, []);
});

test("what the user ignores leaves no span and no metric", async (t) => {
  const tracing = traced(t, {
    isIgnored: ({ method, url, headers }) =>
      method === "GET" && url === "/static/a.css" && headers["host"] !== undefined,
  });
  const inside: boolean[] = [];
  const { port } = await listening(t, (incoming, response) => {
    const span = tracing.provider.getTracer("test").startSpan("child");
    inside.push(span.isRecording());
    span.end();
    hello(incoming, response);
  });
  await send(port, { path: "/static/a.css" });
  await send(port, { path: "/orders" });
  assert.deepEqual(
    (await tracing.ended(1)).map(({ attributes }) => attributes["url.path"]),
    ["/orders"],
  );
  assert.deepEqual(inside, [false, true]);
  assert.deepEqual(
    (await tracing.points("http.server.request.duration")).map(({ value }) => value),
    [1],
  );
});

test("what the user's choice throws is told of once, and the request is traced", async (t) => {
  const tracing = traced(t, {
    isIgnored() {
      throw new TypeError("no such header");
    },
  });
  const { port } = await listening(t, hello);
  assert.deepEqual([await send(port), await send(port)], [200, 200]);
  await tracing.ended(2);
  assert.deepEqual(
    tracing.notices.map(({ level, code }) => [level, code]),
    [["error", "instrumentation"]],
  );
  assert.match(tracing.notices[0]?.message ?? "", /no such header/);
});

test("a server of our own is not looked at", async (t) => {
  const own = createServer(hello);
  const tracing = traced(t, { isOwnServer: (server) => server === own });
  const { port: ownPort } = await listening(t, own);
  const { port } = await listening(t, hello);
  await send(ownPort);
  await send(port);
  await tracing.ended(1);
  assert.equal((await tracing.points("http.server.request.duration"))[0]?.value, 1);
});

test("a server that listened before is traced, and one that is let go of is not", async (t) => {
  const { port, server } = await listening(t, hello);
  const events = (): readonly unknown[] => [server.eventNames(), Object.hasOwn(server, "emit")];
  const before = events();
  const tracing = traced(t);
  await send(port);
  await tracing.ended(1);
  assert.deepEqual(events(), before);
  tracing.servers[Symbol.dispose]();
  await send(port);
  await sleep(5);
  assert.equal(tracing.spans().length, 1);
  for (const name of [
    "http.server.request.start",
    "http2.server.stream.start",
    "seaworthy.http.probe",
    "fastify.initialization",
  ]) {
    assert.equal(channel(name).hasSubscribers, false, name);
  }
});

test("an emit that a response has of its own is called", async (t) => {
  const tracing = traced(t);
  const heard: string[] = [];
  class LoudResponse extends ServerResponse {
    override emit(...args: Parameters<ServerResponse["emit"]>): boolean {
      heard.push(String(args[0]));
      return super.emit(...args);
    }
  }
  const { port } = await listening(t, createServer({ ServerResponse: LoudResponse }, hello));
  await send(port);
  await tracing.ended(1);
  assert.ok(heard.includes("finish") && heard.includes("close"));
});

test("what fails in a processor of the user does not reach the application", async (t) => {
  const tracing = traced(t, {
    onEnd() {
      throw new Error("disk full");
    },
  });
  const { port } = await listening(t, hello);
  assert.deepEqual([await send(port), await send(port)], [200, 200]);
  while (tracing.notices.length === 0) await sleep(2);
  assert.match(tracing.notices[0]?.message ?? "", /disk full/);
  assert.equal((await tracing.points("http.server.request.duration"))[0]?.value, 2);
  assert.equal(tracing.notices.length, 1);
});

test("what a framework leaves in a request that throws does not keep it from its end", async (t) => {
  const tracing = traced(t);
  const { port } = await listening(t, (incoming, response) => {
    Object.defineProperty(incoming, "route", {
      get() {
        throw new Error("deprecated");
      },
    });
    response.end();
  });
  assert.deepEqual([await send(port), await send(port)], [200, 200]);
  await tracing.ended(2);
  assert.deepEqual(
    (await tracing.points("http.server.active_requests")).map(({ value }) => value),
    [0],
  );
  assert.equal(tracing.notices.length, 1);
});
