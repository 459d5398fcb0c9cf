import assert from "node:assert/strict";
import { once } from "node:events";
import { type ClientRequest, Agent, type IncomingMessage, type RequestListener, get, request } from "node:http";
import { connect } from "node:net";
import { type TestContext, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { SpanKind } from "@opentelemetry/api";
import {
  Client,
  Pool,
  Agent as UndiciAgent,
  interceptors,
  request as undiciRequest,
  stream as undiciStream,
} from "undici";
import { Writable } from "node:stream";
import { type Traced, listening, traced } from "./traced.ts";

const traceClients = (t: TestContext): Traced => traced(t, { clients: true, isOwnServer: () => true });

/** Resolves with the `error.type` of each client span, all of which have ended once. */
async function errorsOf(tracing: Traced, count = 1): Promise<unknown[]> {
  const spans = await tracing.ended(count, SpanKind.CLIENT);
  await sleep(10);
  assert.equal(tracing.spans().length, count);
  assert.deepEqual(tracing.notices, []);
  const points = await tracing.points("http.client.request.duration");
  assert.equal(
    points.reduce((sum, { value }) => sum + value, 0),
    count,
  );
  return spans.map(({ attributes }) => attributes["error.type"]);
}

const failed = async (sent: ClientRequest): Promise<void> => void (await once(sent, "error"));
/** Answers with a head and half of a body, and no more. */
const half: RequestListener = (_request, response) => void response.writeHead(200).write("half");
const hello: RequestListener = (_request, response) => void response.end("hello");

test("node:http: a signal that had fired before ends the span once", async (t) => {
  const tracing = traceClients(t);
  const { origin } = await listening(t, hello);
  await failed(get(origin, { signal: AbortSignal.abort() }));
  assert.deepEqual(await errorsOf(tracing), ["ABORT_ERR"]);
});

test("node:http: a signal in the middle of an answer ends the span once, with its status", async (t) => {
  const tracing = traceClients(t);
  const { origin } = await listening(t, half);
  const controller = new AbortController();
  const sent = get(origin, { signal: controller.signal });
  sent.on("error", () => {});
  const [response] = (await once(sent, "response")) as [IncomingMessage];
  response.on("error", () => {}).resume();
  controller.abort();
  const [error] = await errorsOf(tracing);
  assert.match(String(error), /^(ABORT_ERR|ECONNRESET|aborted)$/);
  assert.equal(tracing.spans()[0]?.attributes["http.response.status_code"], 200);
});

test("node:http: a host that has no address ends the span with the code", async (t) => {
  const tracing = traceClients(t);
  await failed(
    get("http://nowhere.invalid/", {
      lookup: (hostname, _options, done) =>
        done(Object.assign(new Error(`getaddrinfo ENOTFOUND ${hostname}`), { code: "ENOTFOUND" }), ""),
    }),
  );
  assert.deepEqual(await errorsOf(tracing), ["ENOTFOUND"]);
});

test("node:http: a request that its caller destroys in the queue of its agent ends its span", async (t) => {
  const tracing = traceClients(t);
  const { origin } = await listening(t, half);
  const agent = new Agent({ maxSockets: 1 });
  t.after(() => agent.destroy());
  const first = get(origin, { agent });
  await once(first, "response");
  const queued = get(origin, { agent });
  // Node tells of it when its turn comes.
  queued.on("error", () => {}).destroy();
  first.on("error", () => {}).destroy();
  await errorsOf(tracing, 2);
});

test("node:http: a request that times out and is destroyed has its error", async (t) => {
  const tracing = traceClients(t);
  const { origin } = await listening(t, () => {});
  const sent = get(origin, { timeout: 20 });
  sent.on("timeout", () => sent.destroy(Object.assign(new Error("too late"), { code: "E_LATE" })));
  await failed(sent);
  assert.deepEqual(await errorsOf(tracing), ["E_LATE"]);
});

test("node:http: an answer that nobody reads ends with its connection", async (t) => {
  const tracing = traceClients(t);
  const { origin, server } = await listening(t, half);
  const sent = get(origin, () => {});
  const [response] = (await once(sent, "response")) as [IncomingMessage];
  response.on("error", () => {});
  sent.on("error", () => {});
  server.closeAllConnections();
  await errorsOf(tracing);
});

for (const status of [204, 304]) {
  test(`node:http: an answer ${status} without a body ends its span`, async (t) => {
    const tracing = traceClients(t);
    const { origin } = await listening(t, (_request, response) => void response.writeHead(status).end());
    const sent = get(origin);
    const [response] = (await once(sent, "response")) as [IncomingMessage];
    response.resume();
    assert.deepEqual(await errorsOf(tracing), [undefined]);
  });
}

test("node:http: HEAD has no body, and what comes before an answer is none", async (t) => {
  const tracing = traceClients(t);
  const { origin } = await listening(t, (_request, response) => {
    response.writeEarlyHints({ link: "</a.css>; rel=preload" });
    response.writeProcessing();
    response.end("hello");
  });
  const sent = request(origin, { method: "HEAD" }).end();
  const [response] = (await once(sent, "response")) as [IncomingMessage];
  response.resume();
  assert.deepEqual(await errorsOf(tracing), [undefined]);
  assert.equal(tracing.spans()[0]?.attributes["http.response.status_code"], 200);
});

test("node:http: a tunnel is over when it is there", async (t) => {
  const tracing = traceClients(t);
  const { port, server } = await listening(t, hello);
  server.on("connect", (_request, socket) => void socket.end("HTTP/1.1 200 OK\r\n\r\n"));
  const sent = request({ port, host: "127.0.0.1", method: "CONNECT", path: "example.com:443" }).end();
  await once(sent, "connect");
  assert.deepEqual(await errorsOf(tracing), [undefined]);
});

test("node:http: a server that closes its connection without a word is an error", async (t) => {
  const tracing = traceClients(t);
  const { origin } = await listening(t, (incoming) => void incoming.socket.destroy());
  await failed(get(origin));
  assert.deepEqual(await errorsOf(tracing), ["ECONNRESET"]);
});

const keepsPort = Object.getOwnPropertySymbols(
  request({ lookup: () => {} })
    .on("error", () => {})
    .destroy(),
).some(({ description }) => description === "kAuthority");

test(
  "node:http: the port that was asked for is told, whatever the header says",
  { skip: !keepsPort && "this Node does not keep it" },
  async (t) => {
    const tracing = traceClients(t);
    const { port } = await listening(t, hello);
    for (const host of ["shop.example", "127.0.0.1", "127.0.0.1:1"]) {
      const [response] = (await once(get({ port, host: "127.0.0.1", headers: { host } }), "response")) as [
        IncomingMessage,
      ];
      await response.toArray();
    }
    const spans = await tracing.ended(3, SpanKind.CLIENT);
    assert.deepEqual(
      spans.map(({ attributes }) => [attributes["server.port"], attributes["url.full"]]),
      Array.from({ length: 3 }, () => [port, `http://127.0.0.1:${port}/`]),
    );
  },
);

test("fetch: a Request and its signal, before and in the middle of the answer", async (t) => {
  const tracing = traceClients(t);
  const { origin, server } = await listening(t, (incoming, response) => {
    if (incoming.url === "/half") half(incoming, response);
    else if (incoming.url === "/") hello(incoming, response);
  });
  await (await fetch(new Request(origin, { method: "PUT", body: "text" }))).text();
  const controllers = [new AbortController(), new AbortController()] as const;
  const asked = fetch(new Request(`${origin}/never`, { signal: controllers[0].signal }));
  await once(server, "request");
  controllers[0].abort();
  await assert.rejects(asked);
  const response = await fetch(new Request(`${origin}/half`, { signal: controllers[1].signal }));
  controllers[1].abort(new TypeError("enough"));
  await assert.rejects(response.text());
  const [whole, ...aborted] = await errorsOf(tracing, 3);
  assert.equal(whole, undefined);
  for (const error of aborted) assert.ok(error);
  assert.equal(tracing.spans()[0]?.name, "PUT");
});

test("fetch: a signal that had fired before, and an address that is none, are no requests", async (t) => {
  const tracing = traceClients(t);
  await assert.rejects(fetch("http://127.0.0.1/", { signal: AbortSignal.abort() }));
  await (await fetch("data:text/plain,hello")).text();
  await assert.rejects(fetch("nowhere:"));
  await sleep(10);
  assert.deepEqual([tracing.spans(), tracing.notices], [[], []]);
});

test("fetch: an answer whose body is cancelled ends its span once", async (t) => {
  const tracing = traceClients(t);
  const { origin } = await listening(t, half);
  const response = await fetch(origin);
  await response.body?.cancel();
  await errorsOf(tracing);
});

test("fetch: each step of a redirect is a request, and a loop comes to its end", async (t) => {
  const tracing = traceClients(t);
  const { origin } = await listening(t, (_request, response) => void response.writeHead(307, { location: "/" }).end());
  await assert.rejects(fetch(origin));
  await errorsOf(tracing, 21);
});

for (const [name, open, count] of [
  ["client, in its queue too,", (origin: string) => new Client(origin), 5],
  // What waits in a pool is no request yet.
  ["pool", (origin: string) => new Pool(origin, { connections: 1 }), 1],
] as const) {
  test(`undici: the requests of a ${name} end when it is destroyed`, async (t) => {
    const tracing = traceClients(t);
    const { origin, server } = await listening(t, () => {});
    const dispatcher = open(origin);
    const asked = Array.from({ length: 5 }, () => assert.rejects(dispatcher.request({ path: "/", method: "GET" })));
    await once(server, "request");
    await dispatcher.destroy();
    await Promise.all(asked);
    assert.deepEqual(new Set(await errorsOf(tracing, count)), new Set(["UND_ERR_DESTROYED"]));
  });
}

test("undici: many requests through a pool have a span each", async (t) => {
  const tracing = traceClients(t);
  const { origin } = await listening(t, hello);
  const pool = new Pool(origin, { connections: 3 });
  t.after(() => pool.close());
  await Promise.all(
    Array.from({ length: 50 }, async () => (await pool.request({ path: "/", method: "GET" })).body.text()),
  );
  assert.deepEqual(new Set(await errorsOf(tracing, 50)), new Set([undefined]));
});

test("undici: a body that is dumped, streamed or destroyed ends its span once", async (t) => {
  const tracing = traceClients(t);
  const { origin } = await listening(t, (incoming, response) =>
    (incoming.url === "/half" ? half : hello)(incoming, response),
  );
  const dispatcher = new UndiciAgent();
  t.after(() => dispatcher.destroy());
  await (await undiciRequest(origin, { dispatcher })).body.dump();
  await undiciStream(
    origin,
    { method: "GET", dispatcher },
    () => new Writable({ write: (_chunk, _encoding, done) => done() }),
  );
  const { body } = await undiciRequest(`${origin}/half`, { dispatcher });
  body.on("error", () => {}).destroy();
  const errors = await errorsOf(tracing, 3);
  assert.deepEqual(errors.slice(0, 2), [undefined, undefined]);
});

test("undici: a request that is tried again has a span for each time", async (t) => {
  const tracing = traceClients(t);
  let count = 0;
  const { origin } = await listening(t, (_request, response) => {
    count += 1;
    response.writeHead(count < 3 ? 503 : 200).end("hello");
  });
  const dispatcher = new UndiciAgent().compose(interceptors.retry({ minTimeout: 1, maxRetries: 5 }));
  await (await undiciRequest(origin, { dispatcher })).body.text();
  assert.deepEqual(await errorsOf(tracing, 3), ["503", "503", undefined]);
  await dispatcher.close();
});

test("an answer that is no HTTP is an error of both clients", async (t) => {
  const tracing = traceClients(t);
  const { server, port } = await listening(t, hello);
  server.on("connection", (socket) => void socket.end("NONSENSE\r\n\r\n"));
  await failed(get({ port, host: "127.0.0.1" }));
  await assert.rejects(fetch(`http://127.0.0.1:${port}/`));
  for (const error of await errorsOf(tracing, 2))
    assert.match(String(error), /^(HPE_\w+|HTTPParserError|ECONNRESET|UND_ERR_SOCKET)$/);
  connect(port, "127.0.0.1")
    .on("error", () => {})
    .destroy();
});
