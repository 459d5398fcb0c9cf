import assert from "node:assert/strict";
import type { RequestListener } from "node:http";
import { type TestContext, test } from "node:test";
import { http } from "../../src/checks/http.ts";
import { assertLetGo, failureOf, failureWhenAborted, run } from "./run.ts";
import { until } from "./until.ts";
import { type WebServer, serveHttp } from "./wire/http.ts";
import { closedPort, serve } from "./wire/serve.ts";

async function serving(t: TestContext, listener: RequestListener): Promise<WebServer> {
  const server = await serveHttp(listener);
  t.after(() => server[Symbol.asyncDispose]());
  return server;
}

const answering = (status: number): RequestListener => {
  return (_request, response) => void response.writeHead(status, { location: "/elsewhere" }).end("the body");
};

test("any status from 200 to 299 passes", async (t) => {
  for (const status of [200, 204, 299]) {
    const { url } = await serving(t, answering(status));
    const { signal } = new AbortController();
    await run(http({ url }), signal);
    assertLetGo(signal);
  }
});

test("another status fails the check, with what was expected", async (t) => {
  const { url } = await serving(t, answering(503));
  const { signal } = new AbortController();
  const error = await failureOf(http({ url: `${url}/healthz` }), signal);
  assert.equal(error.message, `GET ${url}/healthz answered 503, expected 200 to 299`);
  assertLetGo(signal);
});

test("a redirect is an answer like any other and is not followed", async (t) => {
  const seen: unknown[] = [];
  const { url } = await serving(t, (request, response) => {
    seen.push(request.url);
    response.writeHead(302, { location: "/elsewhere" }).end();
  });
  const error = await failureOf(http({ url }));
  assert.equal(error.message, `GET ${url}/ answered 302, expected 200 to 299`);
  await run(http({ url, expectStatus: 302 }));
  assert.deepEqual(seen, ["/", "/"]);
});

test("the expected status can be one or several, and then no other passes", async (t) => {
  const { url } = await serving(t, answering(401));
  await run(http({ url, expectStatus: 401 }));
  await run(http({ url: new URL(url), expectStatus: [200, 401] }));
  const error = await failureOf(http({ url, expectStatus: [200, 204] }));
  assert.match(error.message, / answered 401, expected 200 or 204$/);
});

test("method, headers, query and credentials are sent, on a connection of the run's own", async (t) => {
  const seen: unknown[] = [];
  const server = await serving(t, ({ method, url, headers }, response) => {
    seen.push([method, url, headers.authorization, headers["x-probe"], headers.connection]);
    response.end();
  });
  const url = server.url.replace("//", "//user:secret@");
  const check = http({ url: `${url}/up?token=secret`, method: "HEAD", headers: { "x-probe": "yes" } });
  await run(check);
  await run(check);
  const basic = `Basic ${Buffer.from("user:secret").toString("base64")}`;
  assert.deepEqual(seen[0], ["HEAD", "/up?token=secret", basic, "yes", "close"]);
  assert.deepEqual(seen[1], seen[0]);
  assert.equal(server.connections.length, 2);
});

test("neither the query nor credentials are told", async () => {
  const port = await closedPort();
  const error = await failureOf(http({ url: `http://user:secret@127.0.0.1:${port}/up?token=secret` }));
  assert.match(error.message, new RegExp(`^GET http://127.0.0.1:${port}/up failed: connect ECONNREFUSED `));
  assert.doesNotMatch(error.message, /secret/);
});

test("a server that hangs up before it answers fails the check", async (t) => {
  const { url } = await serving(t, (request) => void request.socket.destroy());
  const error = await failureOf(http({ url }));
  assert.match(error.message, /^GET .* failed: socket hang up$/);
});

test("a server that hangs up in the middle of a body fails the check", async (t) => {
  const { url } = await serving(t, (_request, response) => {
    response.writeHead(200, { "content-length": "100" }).write("half of it", () => response.destroy());
  });
  const error = await failureOf(http({ url }));
  assert.match(error.message, /^GET .* failed: aborted$/);
});

test("a connection reset in the middle of a body fails the check and nothing else", async (t) => {
  const { url } = await serving(t, (request, response) => {
    response.writeHead(200, { "content-length": "100" }).write("half of it", () => request.socket.resetAndDestroy());
  });
  const error = await failureOf(http({ url }));
  assert.match(error.message, /^GET .* failed: (aborted|read ECONNRESET)$/);
});

test("a body that breaks the protocol fails the check and nothing else", async (t) => {
  const answer = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nno length\r\n";
  const server = await serve((socket, reply) => void socket.once("data", () => reply(answer)));
  t.after(() => server[Symbol.asyncDispose]());
  const error = await failureOf(http({ url: `http://127.0.0.1:${server.port}` }));
  assert.match(error.message, /^GET .* failed: /);
});

test("a server that does not answer fails the check when its signal aborts", async (t) => {
  const server = await serving(t, () => undefined);
  await failureWhenAborted(http({ url: server.url }), () => until(() => server.connections.length === 1));
  await until(() => server.connections[0]?.destroyed === true);
});

test("a body that stalls fails the check when its signal aborts", async (t) => {
  let sent = 0;
  const server = await serving(t, (_request, response) => {
    response.writeHead(200).write("a beginning", () => (sent += 1));
  });
  await failureWhenAborted(http({ url: server.url }), () => until(() => sent === 1));
  await until(() => server.connections[0]?.destroyed === true);
});

test("a body without an end passes once 10 KiB of it have come", async (t) => {
  const server = await serving(t, (_request, response) => {
    const writing = setInterval(() => response.write(Buffer.alloc(4_096)), 1);
    response.on("close", () => clearInterval(writing));
  });
  await run(http({ url: server.url }));
  await until(() => server.connections[0]?.destroyed === true);
});

test("nothing is sent once the signal has aborted", async (t) => {
  const server = await serving(t, answering(200));
  await failureOf(http({ url: server.url }), AbortSignal.abort());
  assert.equal(server.connections.length, 0);
});
