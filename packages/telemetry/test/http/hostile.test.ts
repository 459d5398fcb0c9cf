import assert from "node:assert/strict";
import { once } from "node:events";
import { type RequestListener, type Server, type ServerResponse, createServer } from "node:http";
import { type Socket, connect } from "node:net";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import type { ReadableSpan } from "@opentelemetry/sdk-trace";
import { type Traced, listening, traced } from "./traced.ts";

/** Writes text as it is, and resolves with all that came back when the connection is over. */
async function converse(port: number, ...texts: readonly string[]): Promise<string> {
  const socket = connect(port, "127.0.0.1");
  socket.setEncoding("latin1");
  let heard = "";
  socket.on("data", (text: string) => void (heard += text)).on("error", () => {});
  for (const text of texts) {
    socket.write(text, "latin1");
    await sleep(5);
  }
  if (!socket.closed) await once(socket, "close");
  return heard;
}

const head = (line: string, ...headers: readonly string[]): string =>
  `${[line, "host: localhost", "connection: close", ...headers].join("\r\n")}\r\n\r\n`;

const hello: RequestListener = (_request, response) => void response.end("hello");

/** Nothing is counted as under way, nothing went wrong here, and each span ended once. */
async function isSettled(tracing: Traced, count: number): Promise<readonly ReadableSpan[]> {
  const spans = await tracing.ended(count);
  await sleep(10);
  assert.equal(tracing.spans().length, count);
  const active = await tracing.points("http.server.active_requests");
  assert.deepEqual(
    active.filter(({ value }) => value !== 0),
    [],
  );
  assert.deepEqual(tracing.notices, []);
  return spans;
}

const long = "x".repeat(8_000);

for (const [name, line, headers] of [
  ["a context that does not read", "GET / HTTP/1.1", ["traceparent: 00-zz-zz-zz", "tracestate: ==,,=;"]],
  ["two contexts", "GET / HTTP/1.1", [`traceparent: 00-${"1".repeat(32)}-${"2".repeat(16)}-01`, "traceparent: 00-x"]],
  ["a context of zeros", "GET / HTTP/1.1", [`traceparent: 00-${"0".repeat(32)}-${"0".repeat(16)}-01`]],
  ["baggage and state that are long", "GET / HTTP/1.1", [`tracestate: a=${long}`, `baggage: ${"a=%zz,".repeat(500)}`]],
  ["proxies that say nothing", "GET / HTTP/1.1", ['forwarded: for="[', "x-forwarded-for: ,,", "x-forwarded-proto: ;"]],
  ["a proxy that says too much", "GET / HTTP/1.1", [`forwarded: ${long}`, `x-forwarded-host: ${long}`]],
  ["a long target", `GET /${long}?${"%zz&".repeat(1_500)} HTTP/1.1`, []],
  ["a target of a star", "OPTIONS * HTTP/1.1", []],
  ["a target without a path", "GET http://[::1?a=b HTTP/1.1", []],
  ["bytes that are no text", "GET / HTTP/1.1", ["user-agent: \xff\xfe", "x-forwarded-for: \xff"]],
] as const) {
  test(`${name} costs a request nothing, and it is traced`, async (t) => {
    const tracing = traced(t);
    const { port } = await listening(t, hello);
    assert.match(await converse(port, head(line, ...headers)), /^HTTP\/1.1 200 /);
    const [span] = await isSettled(tracing, 1);
    assert.notEqual(span?.spanContext().traceId, "0".repeat(32));
  });
}

for (const host of ["", ":", "[", "a:b:c:99999999", "%00", "a".repeat(8_000), "[::1]:http"]) {
  test(`a host of ${JSON.stringify(host.slice(0, 20))} costs a request nothing`, async (t) => {
    const tracing = traced(t);
    const { port } = await listening(t, hello);
    const heard = await converse(port, `GET / HTTP/1.1\r\nhost: ${host}\r\nconnection: close\r\n\r\n`);
    assert.match(heard, /^HTTP\/1.1 200 /);
    const [span] = await isSettled(tracing, 1);
    const { "server.port": told } = span?.attributes ?? {};
    assert.ok(told === undefined || Number.isInteger(told));
  });
}

test("a request without a host, which Node refuses, is told with its status", async (t) => {
  const tracing = traced(t);
  const { port } = await listening(t, hello);
  await converse(port, "GET / HTTP/1.1\r\nconnection: close\r\n\r\n");
  const [span] = await isSettled(tracing, 1);
  assert.equal(span?.attributes["http.response.status_code"], 400);
});

test("what is no HTTP is no request", async (t) => {
  const tracing = traced(t);
  const { port } = await listening(t, hello);
  assert.match(await converse(port, "NONSENSE\r\n\r\n"), / 400 /);
  await isSettled(tracing, 0);
});

test("a body that does not read ends its request", async (t) => {
  const tracing = traced(t);
  const { port } = await listening(t, (incoming, response) => {
    incoming.resume().on("end", () => response.end());
  });
  await converse(port, head("POST / HTTP/1.1", "transfer-encoding: chunked"), "zz\r\n");
  const [span] = await isSettled(tracing, 1);
  assert.equal(span?.attributes["error.type"], "aborted");
});

const handOver = (server: Server, event: string): Server =>
  server.on(event, (_request, socket: Socket) => void socket.end("HTTP/1.1 200 OK\r\n\r\n"));

for (const [event, text] of [
  ["upgrade", head("GET /chat HTTP/1.1", "connection: upgrade", "upgrade: chat").replace("connection: close\r\n", "")],
  ["connect", head("CONNECT example.com:443 HTTP/1.1")],
] as const) {
  test(`a connection that is handed over by ${event} is no request`, async (t) => {
    const tracing = traced(t);
    const { port } = await listening(t, handOver(createServer(hello), event));
    assert.match(await converse(port, text), / 200 /);
    await isSettled(tracing, 0);
  });
}

test("an upgrade that nobody takes is a request as any other", async (t) => {
  const tracing = traced(t);
  const { port } = await listening(t, (_request, response) => void response.setHeader("connection", "close").end());
  await converse(port, "GET / HTTP/1.1\r\nhost: a\r\nconnection: upgrade\r\nupgrade: chat\r\n\r\n");
  await isSettled(tracing, 1);
});

for (const [name, onServer] of [
  ["by Node", (server: Server) => server],
  [
    "by the application",
    (server: Server) =>
      server.on("checkContinue", (incoming, response) => {
        response.writeContinue();
        server.emit("request", incoming, response);
      }),
  ],
  [
    "and is refused",
    (server: Server) => server.on("checkContinue", (_request, response) => void response.writeHead(413).end()),
  ],
] as const) {
  test(`a request that expects an answer before its body has one span, when it is answered ${name}`, async (t) => {
    const tracing = traced(t);
    const server = createServer((incoming, response) => void incoming.resume().on("end", () => response.end("hello")));
    const { port } = await listening(t, onServer(server));
    await converse(port, head("POST / HTTP/1.1", "expect: 100-continue", "content-length: 4"), "body");
    const [span] = await isSettled(tracing, 1);
    assert.equal(span?.attributes["http.response.status_code"], name === "and is refused" ? 413 : 200);
  });
}

test("a request beyond those that a connection may have is told with its status", async (t) => {
  const tracing = traced(t);
  const server = createServer(hello);
  server.maxRequestsPerSocket = 1;
  const { port } = await listening(t, server);
  const one = "GET / HTTP/1.1\r\nhost: a\r\n\r\n";
  await converse(port, one + one);
  const spans = await isSettled(tracing, 2);
  assert.deepEqual(
    spans.map(({ attributes }) => attributes["http.response.status_code"]),
    [200, 503],
  );
});

test("each request of a pipeline ends, though the first one's handler destroys the connection", async (t) => {
  for (const isAnswered of [true, false]) {
    const tracing = traced(t);
    let count = 0;
    const { port } = await listening(t, (incoming, response) => {
      count += 1;
      if (isAnswered) response.end("hello");
      incoming.socket.destroy();
    });
    await converse(port, "GET / HTTP/1.1\r\nhost: a\r\n\r\n".repeat(5));
    await isSettled(tracing, count);
    tracing.servers[Symbol.dispose]();
  }
});

for (const [name, misuse] of Object.entries<RequestListener>({
  "ended twice": (_request, response) =>
    void response
      .on("error", () => {})
      .end("one")
      .end("two"),
  "written after its end": (_request, response) => {
    response.on("error", () => {}).end("one");
    response.write("two");
  },
  "given a head twice": (_request, response) => {
    response.writeHead(200);
    assert.throws(() => response.writeHead(500));
    response.end();
  },
  "destroyed after its end": (_request, response) => void response.end("hello", () => response.destroy()),
  "destroyed at once": (_request, response) => void response.destroy(),
  "destroyed with its request": (incoming, response) => {
    incoming.on("error", () => {}).destroy(new Error("no more"));
    response.destroy();
  },
  "given up with its socket": (incoming) => incoming.socket.destroySoon(),
})) {
  test(`an answer that is ${name} ends its span once`, async (t) => {
    const tracing = traced(t);
    const { port } = await listening(t, misuse);
    await converse(port, head("GET / HTTP/1.1"));
    await isSettled(tracing, 1);
  });
}

test("a server that is closed in the middle has its requests told, whole or aborted", async (t) => {
  const tracing = traced(t);
  const answers = new Map<string | undefined, ServerResponse>();
  const { port, server } = await listening(t, (incoming, response) => {
    response.writeHead(200).write("half");
    answers.set(incoming.url, response);
  });
  const asked = [converse(port, head("GET /whole HTTP/1.1")), converse(port, head("GET /cut HTTP/1.1"))];
  while (answers.size < 2) await sleep(2);
  server.close();
  answers.get("/whole")?.end("half");
  await tracing.ended(1);
  server.closeAllConnections();
  await Promise.all(asked);
  const spans = await isSettled(tracing, 2);
  assert.deepEqual(
    spans.map(({ attributes }) => [attributes["url.path"], attributes["error.type"]]),
    [
      ["/whole", undefined],
      ["/cut", "aborted"],
    ],
  );
});

for (const method of ["HEAD", "OPTIONS", "GET"]) {
  test(`${method} with an answer that has no body ends with it`, async (t) => {
    const tracing = traced(t);
    const { port } = await listening(t, (_request, response) => void response.writeHead(204).end());
    await converse(port, head(`${method} / HTTP/1.1`));
    const [span] = await isSettled(tracing, 1);
    assert.deepEqual([span?.name, span?.attributes["http.response.status_code"]], [method, 204]);
  });
}
