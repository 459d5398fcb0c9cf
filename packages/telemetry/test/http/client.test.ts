import assert from "node:assert/strict";
import { channel } from "node:diagnostics_channel";
import { once } from "node:events";
import { Agent, type IncomingMessage, type RequestListener, type RequestOptions, get, request } from "node:http";
import { createServer as createSecureServer, get as getSecurely } from "node:https";
import { type AddressInfo, type Socket, createServer as createNetServer } from "node:net";
import { type TestContext, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { ROOT_CONTEXT, SpanKind, SpanStatusCode, trace } from "@opentelemetry/api";
import { suppressTracing } from "@opentelemetry/core";
import { Agent as UndiciAgent, ProxyAgent, request as undiciRequest, fetch as undiciFetch } from "undici";
import { certificate } from "./certificate.ts";
import { type Traced, contexts, listening, traced } from "./traced.ts";

const activeSpan = (): string => trace.getSpan(contexts.active())?.spanContext().spanId ?? "none";

/** Sends with `node:http` and reads the answer to its end. */
async function send(options: RequestOptions | string): Promise<IncomingMessage> {
  const [response] = (await once(request(options as string).end(), "response")) as [IncomingMessage];
  response.resume();
  await once(response, "close");
  return response;
}

/** Every way in which a client asks. */
const clients: Readonly<
  Record<string, (url: string, init?: { method?: string; signal?: AbortSignal }) => Promise<unknown>>
> = {
  "node:http": async (url, { method = "GET", signal } = {}) => {
    const sent = request(url, { method, ...(signal ? { signal } : {}) }).end();
    const [response] = (await once(sent, "response")) as [IncomingMessage];
    await response.toArray();
  },
  fetch: async (url, init = {}) => (await fetch(url, init)).text(),
  "undici's fetch": async (url, init = {}) => (await undiciFetch(url, init)).text(),
  "undici's request": async (url, init = {}) => (await undiciRequest(url, init as { method: "GET" })).body.text(),
};

/** Answers with the headers that came, and with what the path says. */
const echo: RequestListener = (incoming, response) => {
  const status = Number(incoming.url?.slice(1)) || 200;
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(incoming.headersDistinct));
};

const traceClients = (t: TestContext): Traced => traced(t, { clients: true, isOwnServer: () => true });

for (const [name, ask] of Object.entries(clients)) {
  test(`${name}: one span says what was asked of whom, and the metric counts it`, async (t) => {
    const tracing = traceClients(t);
    const { port } = await listening(t, echo);
    await ask(`http://127.0.0.1:${port}/201?a=1&sig=secret`);
    const [span] = await tracing.ended(1, SpanKind.CLIENT);
    assert.equal(span?.name, "GET");
    assert.deepEqual(span?.status, { code: SpanStatusCode.UNSET });
    assert.deepEqual(span?.attributes, {
      "http.request.method": "GET",
      "url.full": `http://127.0.0.1:${port}/201?a=1&sig=REDACTED`,
      "server.address": "127.0.0.1",
      "server.port": port,
      "http.response.status_code": 200,
      "network.protocol.version": "1.1",
      "network.peer.address": "127.0.0.1",
      "network.peer.port": port,
    });
    assert.deepEqual(await tracing.points("http.client.request.duration"), [
      {
        attributes: {
          "http.request.method": "GET",
          "server.address": "127.0.0.1",
          "server.port": port,
          "http.response.status_code": 200,
          "network.protocol.version": "1.1",
        },
        value: 1,
      },
    ]);
    await sleep(5);
    assert.equal(tracing.spans().length, 1);
    assert.deepEqual(tracing.notices, []);
  });

  for (const status of [404, 500]) {
    test(`${name}: ${status} is an error of the request`, async (t) => {
      const tracing = traceClients(t);
      const { origin } = await listening(t, echo);
      await ask(`${origin}/${status}`);
      const [span] = await tracing.ended(1, SpanKind.CLIENT);
      assert.deepEqual(span?.status, { code: SpanStatusCode.ERROR });
      assert.equal(span?.attributes["error.type"], String(status));
      const [point] = await tracing.points("http.client.request.duration");
      assert.equal(point?.attributes["error.type"], String(status));
    });
  }

  test(`${name}: nobody listens, and the span says so once`, async (t) => {
    const tracing = traceClients(t);
    const server = createNetServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    server.close();
    await once(server, "close");
    await assert.rejects(ask(`http://127.0.0.1:${port}/`));
    const [span] = await tracing.ended(1, SpanKind.CLIENT);
    assert.equal(span?.attributes["error.type"], "ECONNREFUSED");
    assert.equal(span?.status.code, SpanStatusCode.ERROR);
    assert.equal(span?.attributes["http.response.status_code"], undefined);
    await sleep(5);
    assert.equal(tracing.spans().length, 1);
    assert.deepEqual(
      (await tracing.points("http.client.request.duration")).map(({ value }) => value),
      [1],
    );
  });

  test(`${name}: a request that is aborted ends its span once`, async (t) => {
    const tracing = traceClients(t);
    const { origin, server } = await listening(t, () => {});
    const controller = new AbortController();
    const asked = assert.rejects(ask(origin, { signal: controller.signal }));
    await once(server, "request");
    controller.abort();
    await asked;
    const [span] = await tracing.ended(1, SpanKind.CLIENT);
    assert.match(String(span?.attributes["error.type"]), /^(ABORT_ERR|AbortError|UND_ERR_ABORTED)$/);
    await sleep(5);
    assert.equal(tracing.spans().length, 1);
  });

  test(`${name}: an answer that breaks off ends its span once, with its status`, async (t) => {
    const tracing = traceClients(t);
    const { origin } = await listening(t, (_request, response) => {
      response.writeHead(200, { "content-length": 100 }).write("half");
      setTimeout(() => response.destroy(), 5);
    });
    await assert.rejects(ask(origin));
    const [span] = await tracing.ended(1, SpanKind.CLIENT);
    assert.equal(span?.attributes["http.response.status_code"], 200);
    assert.match(String(span?.attributes["error.type"]), /^(ECONNRESET|UND_ERR_SOCKET)$/);
    await sleep(5);
    assert.equal(tracing.spans().length, 1);
  });

  test(`${name}: a request in a request is its child, all the way to the next server`, async (t) => {
    const tracing = traced(t, { clients: true });
    const ids: string[] = [];
    const back = await listening(t, echo);
    const front = await listening(t, (_incoming, response) => {
      void (async () => {
        ids.push(activeSpan());
        await ask(`${back.origin}/200`);
        ids.push(activeSpan());
        response.end();
      })();
    });
    await contexts.with(suppressTracing(ROOT_CONTEXT), () => send(front.origin));
    await tracing.ended(2);
    const [client] = tracing.spans(SpanKind.CLIENT);
    const [inner, outer] = tracing.spans(SpanKind.SERVER);
    assert.equal(client?.parentSpanContext?.spanId, outer?.spanContext().spanId);
    assert.equal(inner?.parentSpanContext?.spanId, client?.spanContext().spanId);
    assert.equal(new Set([client, inner, outer].map((span) => span?.spanContext().traceId)).size, 1);
    assert.equal(tracing.spans().length, 3);
    assert.deepEqual(new Set(ids), new Set([outer?.spanContext().spanId]));
  });

  test(`${name}: where tracing is suppressed nothing is made and nothing is sent along`, async (t) => {
    const tracing = traceClients(t);
    const headers: IncomingMessage["headers"][] = [];
    const { origin } = await listening(t, (incoming, response) => {
      headers.push(incoming.headers);
      echo(incoming, response);
    });
    await contexts.with(suppressTracing(ROOT_CONTEXT), () => ask(origin));
    assert.equal(headers[0]?.["traceparent"], undefined);
    assert.deepEqual(tracing.spans(), []);
    assert.deepEqual(await tracing.points("http.client.request.duration"), []);
  });
}

/** The ways in which headers can be given to `node:http`, with one of the trace already there. */
const givenHeaders: Readonly<Record<string, RequestOptions["headers"]>> = {
  none: undefined,
  "an object": { "x-own": "1" },
  "an object that has a context already": {
    "x-own": "1",
    TraceParent: "00-11111111111111111111111111111111-2222222222222222-01",
  },
  "an array": ["x-own", "1", "host", "localhost"],
  "an array that has a context already": [
    "traceparent",
    "00-11111111111111111111111111111111-2222222222222222-01",
    "host",
    "localhost",
    "x-own",
    "1",
  ],
  "an object that expects an answer before the body": { "x-own": "1", expect: "100-continue" },
};

for (const [name, headers] of Object.entries(givenHeaders)) {
  test(`the context is sent once, with headers given as ${name}`, async (t) => {
    const tracing = traceClients(t);
    const seen: NodeJS.Dict<string[]>[] = [];
    const { port } = await listening(t, (incoming, response) => {
      seen.push(incoming.headersDistinct);
      response.end("hello");
    });
    const agent = new Agent();
    await send({ port, host: "127.0.0.1", agent, ...(headers ? { headers } : {}) });
    const [span] = await tracing.ended(1, SpanKind.CLIENT);
    const { traceId, spanId } = span?.spanContext() ?? {};
    assert.deepEqual(seen[0]?.["traceparent"], [`00-${traceId}-${spanId}-01`]);
    assert.deepEqual(seen[0]?.["x-own"], headers ? ["1"] : undefined);
  });
}

test("undici replaces a context that was written by hand", async (t) => {
  const tracing = traceClients(t);
  const { origin } = await listening(t, echo);
  const headers = { TraceParent: "00-11111111111111111111111111111111-2222222222222222-01" };
  const { body } = await undiciRequest(origin, { headers });
  const seen = (await body.json()) as Record<string, string[]>;
  const [span] = await tracing.ended(1, SpanKind.CLIENT);
  assert.deepEqual(seen["traceparent"], [`00-${span?.spanContext().traceId}-${span?.spanContext().spanId}-01`]);
});

test("credentials in a URL are not told", async (t) => {
  const tracing = traceClients(t);
  const { port } = await listening(t, echo);
  await send(`http://user:secret@127.0.0.1:${port}/`);
  const [span] = await tracing.ended(1, SpanKind.CLIENT);
  assert.ok(!JSON.stringify(span?.attributes).includes("secret"));
});

test("a span lasts until its answer has been read", async (t) => {
  const tracing = traceClients(t);
  const { origin } = await listening(t, (_request, response) => {
    response.write("half");
    setTimeout(() => response.end("half"), 20);
  });
  const sent = get(origin);
  const [response] = (await once(sent, "response")) as [IncomingMessage];
  assert.deepEqual(tracing.spans(), []);
  await response.toArray();
  await tracing.ended(1, SpanKind.CLIENT);
});

test("an answer that nobody asked to see is read all the same", async (t) => {
  const tracing = traceClients(t);
  const { origin } = await listening(t, echo);
  const agent = new Agent({ keepAlive: true });
  t.after(() => agent.destroy());
  request(origin, { agent }).end();
  const [span] = await tracing.ended(1, SpanKind.CLIENT);
  assert.equal(span?.attributes["http.response.status_code"], 200);
});

test("the caller's context is active in every callback, on a connection that somebody else opened too", async (t) => {
  const tracing = traceClients(t);
  const { origin } = await listening(t, echo);
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  t.after(() => agent.destroy());
  const tracer = tracing.provider.getTracer("test");
  const asked = ["one", "two", "three"].map(async (name) => {
    const span = tracer.startSpan(name);
    const seen: string[] = [];
    const look = (): void => void seen.push(activeSpan());
    await contexts.with(trace.setSpan(ROOT_CONTEXT, span), () => {
      return new Promise<void>((resolve) => {
        const sent = get(origin, { agent }, (response) => {
          look();
          response
            .on("data", look)
            .on("end", look)
            .on("close", () => {
              look();
              resolve();
            });
        });
        sent.on("socket", look).on("finish", look);
      });
    });
    assert.ok(seen.length >= 6);
    assert.deepEqual(new Set(seen), new Set([span.spanContext().spanId]));
    span.end();
  });
  await Promise.all(asked);
  const spans = await tracing.ended(3, SpanKind.CLIENT);
  assert.equal(new Set(spans.map(({ parentSpanContext }) => parentSpanContext?.spanId)).size, 3);
});

test("an upgrade ends the span, and the connection goes on", async (t) => {
  const tracing = traceClients(t);
  const { origin, server } = await listening(t, echo);
  server.on("upgrade", (_request, socket) => {
    socket.write("HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: chat\r\n\r\n");
    socket.end();
  });
  const sent = get(origin, { headers: { connection: "upgrade", upgrade: "chat" } });
  const [response, socket] = (await once(sent, "upgrade")) as [IncomingMessage, Socket];
  socket.destroy();
  const [span] = await tracing.ended(1, SpanKind.CLIENT);
  assert.equal(response.statusCode, 101);
  assert.equal(span?.attributes["http.response.status_code"], 101);
  assert.equal(span?.attributes["error.type"], undefined);
});

/** Ways in which a request goes through a proxy without a tunnel. */
const throughProxies: Readonly<Record<string, (proxy: string, url: string) => Promise<unknown>>> = {
  "node:http": (proxy, url) => {
    const { hostname, port } = new URL(proxy);
    return send({ host: hostname, port, path: url, headers: { host: new URL(url).host } });
  },
  undici: async (proxy, url) => {
    const dispatcher = new ProxyAgent({ uri: proxy, proxyTunnel: false });
    const { body } = await undiciRequest(url, { dispatcher });
    await body.text();
    await dispatcher.close();
  },
};

for (const [name, ask] of Object.entries(throughProxies)) {
  test(`${name}: through a proxy it is said what was asked of whom behind it`, async (t) => {
    const tracing = traceClients(t);
    const targets: unknown[] = [];
    const { origin, port } = await listening(t, (incoming, response) => {
      targets.push(incoming.url);
      response.end();
    });
    const urls = ["http://orders.example/7?sig=secret", "http://[::1]:8080/7"];
    for (const url of urls) await ask(origin, url);
    assert.ok(targets.every((target) => String(target).startsWith("http://")));
    const spans = await tracing.ended(urls.length, SpanKind.CLIENT);
    const told = spans.map(({ attributes: { "url.full": url, ...rest } }) => [
      url,
      rest["server.address"],
      rest["server.port"],
      rest["network.peer.address"],
      rest["network.peer.port"],
    ]);
    assert.deepEqual(told, [
      ["http://orders.example/7?sig=REDACTED", "orders.example", 80, "127.0.0.1", port],
      ["http://[::1]:8080/7", "::1", 8080, "127.0.0.1", port],
    ]);
  });
}

test("what is asked for by no path is told without one", async (t) => {
  const tracing = traceClients(t);
  const { origin, port, server } = await listening(t, echo);
  server.on("connect", (_request, socket) => socket.end("HTTP/1.1 200 OK\r\n\r\n"));
  await send({ port, host: "127.0.0.1", method: "OPTIONS", path: "*" });
  const [, tunnel] = (await once(
    request({ port, host: "127.0.0.1", method: "CONNECT", path: "orders.example:443" }).end(),
    "connect",
  )) as [IncomingMessage, Socket];
  tunnel.destroy();
  const spans = await tracing.ended(2, SpanKind.CLIENT);
  const told = spans.map(({ name, attributes }) => [name, attributes["url.full"], attributes["server.port"]]);
  assert.deepEqual(told, [
    ["OPTIONS", origin, port],
    ["CONNECT", undefined, port],
  ]);
});

test("a redirect that fetch follows is a request of its own", async (t) => {
  const tracing = traceClients(t);
  const { origin } = await listening(t, (incoming, response) => {
    if (incoming.url === "/old") response.writeHead(302, { location: "/new" });
    response.end();
  });
  await (await fetch(`${origin}/old`)).text();
  const spans = await tracing.ended(2, SpanKind.CLIENT);
  assert.deepEqual(
    spans.map(({ attributes }) => attributes["http.response.status_code"]),
    [302, 200],
  );
});

test("a secure request says so", async (t) => {
  const tracing = traced(t, { clients: true });
  const { key, cert } = certificate();
  const server = createSecureServer({ key, cert, ALPNProtocols: ["http/1.1"] }, echo);
  const { port } = await listening(t, server);
  const sent = getSecurely({ port, host: "localhost", family: 4, ca: cert, agent: false });
  const [response] = (await once(sent, "response")) as [IncomingMessage];
  await response.toArray();
  const [client] = await tracing.ended(1, SpanKind.CLIENT);
  const [served] = await tracing.ended(1, SpanKind.SERVER);
  assert.equal(client?.attributes["url.full"], `https://localhost:${port}/`);
  assert.equal(client?.attributes["server.address"], "localhost");
  assert.equal(served?.attributes["url.scheme"], "https");
  assert.equal(served?.attributes["server.address"], "localhost");
  assert.equal(served?.parentSpanContext?.spanId, client?.spanContext().spanId);
});

test("undici over HTTP/2 says so", async (t) => {
  const tracing = traceClients(t);
  const { createSecureServer: createHttp2Server } = await import("node:http2");
  const { key, cert } = certificate();
  const server = createHttp2Server({ key, cert }, (_request, response) => void response.end("hello"));
  await once(server.listen(0, "127.0.0.1"), "listening");
  const { port } = server.address() as AddressInfo;
  const dispatcher = new UndiciAgent({ allowH2: true, connect: { ca: cert } });
  t.after(async () => {
    await dispatcher.destroy();
    server.close();
  });
  const { body } = await undiciRequest(`https://localhost:${port}/`, { dispatcher });
  await body.text();
  const [span] = await tracing.ended(1, SpanKind.CLIENT);
  assert.equal(span?.attributes["network.protocol.version"], "2");
});

test("nothing is left behind", (t) => {
  const names = ["http.client.request.created", "undici:request:create", "undici:request:error"];
  const subscribed = (): boolean[] => names.map((name) => channel(name).hasSubscribers);
  const before = subscribed();
  const tracing = traced(t, { clients: true });
  assert.deepEqual(subscribed(), [true, true, true]);
  tracing.clients?.[Symbol.dispose]();
  assert.deepEqual(subscribed(), before);
});
