import assert from "node:assert/strict";
import { test } from "node:test";
import { type TcpOptions, tcp } from "../../src/checks/tcp.ts";
import { assertRefused } from "./options.ts";
import { assertLetGo, failureOf, failureWhenAborted, run } from "./run.ts";
import { fewTurns, until } from "./until.ts";
import { closedPort, serve } from "./wire/serve.ts";

test("a port that accepts passes, and the connection is closed again", async (t) => {
  let visits = 0;
  const server = await serve(() => (visits += 1));
  t.after(() => server[Symbol.asyncDispose]());
  const { signal } = new AbortController();
  await run(tcp({ host: "127.0.0.1", port: server.port }), signal);
  await until(() => visits === 1 && server.sockets.size === 0);
  assertLetGo(signal);
});

test("a refused connection fails the check and names the address", async () => {
  const port = await closedPort();
  const { signal } = new AbortController();
  const error = await failureOf(tcp({ host: "127.0.0.1", port }), signal);
  assert.equal(error.message, `Connecting to 127.0.0.1:${port} failed: connect ECONNREFUSED 127.0.0.1:${port}`);
  assert.equal((error.cause as NodeJS.ErrnoException).code, "ECONNREFUSED");
  assertLetGo(signal);
});

test("a host with several addresses fails the check with what each of them said", async () => {
  const port = await closedPort();
  const error = await failureOf(tcp({ host: "localhost", port }));
  assert.match(error.message, new RegExp(`^Connecting to localhost:${port} failed: .*ECONNREFUSED 127.0.0.1:${port}`));
});

test("an IPv6 address is told with its brackets", async () => {
  const error = await failureOf(tcp({ host: "::1", port: 1 }), AbortSignal.abort(new Error("too late")));
  assert.equal(error.message, "Connecting to [::1]:1 got no answer: too late");
});

test("a connection in the making is given up when the signal aborts", async (t) => {
  const server = await serve(() => undefined);
  t.after(() => server[Symbol.asyncDispose]());
  await failureWhenAborted(tcp({ host: "127.0.0.1", port: server.port }), () => undefined);
  await fewTurns();
  assert.equal(server.sockets.size, 0);
});

test("options of the wrong type or range are refused", () => {
  const build = (options: object) => () => tcp(options as TcpOptions);
  for (const host of [undefined, "", 1, "http://db", "db name"]) assertRefused(build({ host, port: 1 }), "`host`");
  for (const port of [undefined, 0, 65_536, 1.5, "80"]) assertRefused(build({ host: "db", port }), "`port`");
  assertRefused(() => tcp(undefined as never), "tcp()");
});
