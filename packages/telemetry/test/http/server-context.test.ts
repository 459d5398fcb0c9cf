import assert from "node:assert/strict";
import { once } from "node:events";
import { Agent, type IncomingMessage, type RequestListener, type ServerResponse, request } from "node:http";
import { type Socket, connect } from "node:net";
import { type TestContext, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { ROOT_CONTEXT, trace } from "@opentelemetry/api";
import express from "express";
import { contexts, listening, traced } from "./traced.ts";

/** Where the active span was looked at, and which it was: its id, or "none". */
type Seen = [place: string, spanId: string][];

const activeSpan = (): string => trace.getSpan(contexts.active())?.spanContext().spanId ?? "none";

/** Answers with the id of its span, and looks everywhere that code of an application can be called. */
function handler(seen: Seen, answer: (request: IncomingMessage, response: ServerResponse) => void): RequestListener {
  return (incoming, response) => {
    const look = (place: string): void => void seen.push([`${incoming.url} ${place}`, activeSpan()]);
    look("handler");
    void Promise.resolve().then(() => look("after await"));
    setTimeout(() => look("timer"), 1);
    setImmediate(() => look("immediate"));
    process.nextTick(() => look("tick"));
    incoming.on("data", () => look("request data"));
    incoming.on("end", () => look("request end"));
    incoming.on("close", () => look("request close"));
    incoming.on("error", () => look("request error"));
    response.on("finish", () => look("response finish"));
    response.on("close", () => look("response close"));
    response.setHeader("span", activeSpan());
    const answerSoon = (): void => void setTimeout(() => answer(incoming, response), 2);
    if (incoming.complete) answerSoon();
    else incoming.on("end", answerSoon);
  };
}

interface Front {
  readonly name: string;
  listener(seen: Seen): RequestListener;
}

const sayHello = (_request: IncomingMessage, response: ServerResponse): void => void response.end("hello");

const fronts: readonly Front[] = [
  { name: "node:http", listener: (seen) => handler(seen, sayHello) },
  {
    name: "Express, behind a body parser",
    listener(seen) {
      const app = express();
      app.use(express.json());
      app.use(handler(seen, sayHello));
      return app;
    },
  },
];

/** Sends a request and returns the id of the span that served it. */
async function send(port: number, agent: Agent, method: string, path: string): Promise<string> {
  const body = method === "POST" ? JSON.stringify({ text: "x".repeat(100_000) }) : "";
  const headers = method === "POST" ? { "content-type": "application/json", "content-length": body.length } : {};
  const sent = request({ port, host: "127.0.0.1", agent, method, path, headers });
  if (body) {
    // Slowly, so that the body comes in more than one read, long after its headers.
    sent.write(body.slice(0, 10));
    await sleep(5);
    sent.write(body.slice(10, 50_000));
    await sleep(5);
    sent.write(body.slice(50_000));
  }
  sent.end();
  const [response] = (await once(sent, "response")) as [IncomingMessage];
  response.resume();
  await once(response, "end");
  return String(response.headers["span"]);
}

/** What was seen of a path, without the path; each with whether it was that span. */
const placesOf = (seen: Seen, path: string, span: string): Record<string, boolean> =>
  Object.fromEntries(
    seen
      .filter(([place]) => place.startsWith(`${path} `))
      .map(([place, id]) => [place.slice(path.length + 1), id === span]),
  );

const always = {
  handler: true,
  "after await": true,
  timer: true,
  immediate: true,
  tick: true,
  "request close": true,
  "response finish": true,
  "response close": true,
};

for (const { name, listener } of fronts) {
  test(`${name}: the span is active wherever a request is handled`, async (t) => {
    const tracing = traced(t);
    const seen: Seen = [];
    const { port } = await listening(t, listener(seen));
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    t.after(() => agent.destroy());
    const got = await send(port, agent, "GET", "/get");
    const posted = await send(port, agent, "POST", "/post");
    const again = await send(port, agent, "GET", "/again");
    const ids = (await tracing.ended(3)).map((span) => span.spanContext().spanId);
    assert.deepEqual(ids, [got, posted, again]);
    assert.equal(new Set(ids).size, 3);
    await sleep(10);
    const parsed = name.startsWith("Express") ? {} : { "request data": true, "request end": true };
    assert.deepEqual(placesOf(seen, "/post", posted), { ...always, ...parsed });
    for (const [path, id] of [
      ["/get", got],
      ["/again", again],
    ] as const) {
      const { "request end": end = true, ...rest } = placesOf(seen, path, id);
      assert.deepEqual([end, rest], [true, always]);
    }
    assert.deepEqual(tracing.notices, []);
  });
}

test("the span is active while a body is iterated", async (t) => {
  const tracing = traced(t);
  const ids: string[] = [];
  const { port } = await listening(t, (incoming, response) => {
    void (async () => {
      for await (const chunk of incoming) ids.push(chunk ? activeSpan() : "");
      response.setHeader("span", activeSpan());
      response.end();
    })();
  });
  const agent = new Agent({ keepAlive: true });
  t.after(() => agent.destroy());
  const id = await send(port, agent, "POST", "/");
  await tracing.ended(1);
  assert.ok(ids.length > 1);
  assert.deepEqual(new Set(ids), new Set([id]));
});

/** Writes text on a connection of its own, which ends with its test. */
async function dial(t: TestContext, port: number, text: string): Promise<Socket> {
  const socket = connect(port, "127.0.0.1");
  t.after(() => socket.destroy());
  await once(socket, "connect");
  socket.write(text);
  return socket;
}

const head = (method: string, path: string, ...headers: string[]): string =>
  `${[`${method} ${path} HTTP/1.1`, "host: localhost", ...headers].join("\r\n")}\r\n\r\n`;

test("each request of a pipeline has its own span, whoever answers first", async (t) => {
  const tracing = traced(t);
  const seen: Seen = [];
  let turn = 0;
  const { port } = await listening(
    t,
    handler(seen, (_request, response) => void setTimeout(() => response.end("hello"), [20, 0, 10][turn++])),
  );
  const paths = ["/one", "/two", "/three"];
  const socket = await dial(t, port, paths.map((path) => head("GET", path)).join(""));
  socket.resume();
  const spans = await tracing.ended(3);
  await sleep(10);
  assert.deepEqual(
    spans.map(({ attributes }) => attributes["url.path"]),
    paths,
  );
  for (const span of spans) {
    const { "request end": end = true, ...rest } = placesOf(
      seen,
      String(span.attributes["url.path"]),
      span.spanContext().spanId,
    );
    assert.deepEqual([end, rest], [true, always]);
  }
});

for (const { name, method, sent } of [
  { name: "before it is answered", method: "GET", sent: head("GET", "/gone") },
  { name: "in the middle of its body", method: "POST", sent: `${head("POST", "/gone", "content-length: 100")}half` },
]) {
  test(`${name}: the span of a request is active when its client goes away`, async (t) => {
    const tracing = traced(t);
    const seen: Seen = [];
    const { port, server } = await listening(
      t,
      handler(seen, () => {}),
    );
    const socket = await dial(t, port, sent);
    await once(server, "request");
    await sleep(5);
    socket.destroy();
    const [span] = await tracing.ended(1);
    await sleep(5);
    const id = span?.spanContext().spanId ?? "";
    const places = placesOf(seen, "/gone", id);
    assert.deepEqual([places["request close"], places["response close"]], [true, true]);
    assert.deepEqual(new Set(Object.values(places)), new Set([true]));
    assert.equal(span?.attributes["http.request.method"], method);
    assert.equal(span?.attributes["error.type"], "aborted");
    assert.equal(span?.attributes["http.response.status_code"], undefined);
    assert.equal(span?.status.code, 0);
  });
}

test("the requests of a pipeline end with their connection, those that wait for their turn too", async (t) => {
  const tracing = traced(t);
  const { port, server } = await listening(t, () => {});
  const paths = Array.from({ length: 20 }, (_, number) => `/${number}`);
  const socket = await dial(t, port, paths.map((path) => head("GET", path)).join(""));
  const warnings: Error[] = [];
  const onWarning = (warning: Error): void => void warnings.push(warning);
  process.on("warning", onWarning);
  t.after(() => process.off("warning", onWarning));
  await once(server, "request");
  await sleep(5);
  socket.destroy();
  const spans = await tracing.ended(paths.length);
  assert.deepEqual(new Set(spans.map(({ attributes }) => attributes["url.path"])), new Set(paths));
  const active = await tracing.points("http.server.active_requests");
  assert.deepEqual(
    active.map(({ value }) => value),
    [0],
  );
  assert.deepEqual(warnings, []);
});

test("no span is active when a connection opens, idles or closes", async (t) => {
  const tracing = traced(t);
  const seen: string[] = [];
  const { port, server } = await listening(t, (_request, response) => void response.end("hello"));
  server.on("connection", (socket: Socket) => {
    seen.push(activeSpan());
    socket.on("close", () => seen.push(activeSpan()));
  });
  const socket = await dial(t, port, head("GET", "/"));
  await once(socket, "data");
  socket.write(head("GET", "/"));
  await once(socket, "data");
  await tracing.ended(2);
  socket.destroy();
  while (seen.length < 2) await sleep(2);
  assert.deepEqual(seen, ["none", "none"]);
});

test("what is not traced has no span of an earlier request of its connection", async (t) => {
  const tracing = traced(t, { isIgnored: ({ url }) => url === "/ignored" });
  const seen: Seen = [];
  const { port } = await listening(t, handler(seen, sayHello));
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  t.after(() => agent.destroy());
  await send(port, agent, "GET", "/traced");
  assert.equal(await send(port, agent, "POST", "/ignored"), "none");
  await send(port, agent, "GET", "/traced");
  await tracing.ended(2);
  await sleep(10);
  const ignored = seen.filter(([place]) => place.startsWith("/ignored "));
  assert.ok(ignored.length > 8);
  assert.deepEqual(new Set(ignored.map(([, id]) => id)), new Set(["none"]));
});

test("a request is not part of what was active when its server began to listen", async (t) => {
  const tracing = traced(t);
  const outer = tracing.provider.getTracer("test").startSpan("deploy");
  const { port } = await contexts.with(trace.setSpan(ROOT_CONTEXT, outer), () => listening(t, handler([], sayHello)));
  const agent = new Agent();
  await send(port, agent, "GET", "/");
  const [span] = await tracing.ended(1);
  assert.equal(span?.parentSpanContext, undefined);
  assert.notEqual(span?.spanContext().traceId, outer.spanContext().traceId);
});
