import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { type Cluster, Redis } from "ioredis";
import { ioredis } from "../../../src/checks/ping/ioredis.ts";
import type { Check } from "../../../src/check.ts";
import { assertRefused } from "../options.ts";
import { failureOf, failureWhenAborted, run } from "../run.ts";
import { until } from "../until.ts";
import { serveRedis } from "../wire/redis.ts";
import { type WireServer, closedPort } from "../wire/serve.ts";

ioredis satisfies (client: Redis) => Check;
ioredis satisfies (client: Cluster) => Check;

function clientOf(t: TestContext, port: number): Redis {
  const client = new Redis({ host: "127.0.0.1", port, lazyConnect: true });
  client.on("error", () => undefined);
  t.after(() => client.disconnect());
  return client;
}

async function connected(t: TestContext): Promise<{ readonly server: WireServer; readonly client: Redis }> {
  const server = await serveRedis();
  t.after(() => server[Symbol.asyncDispose]());
  const client = clientOf(t, server.port);
  await client.connect();
  return { server, client };
}

test("a server that answers PING passes", async (t) => {
  const { client } = await connected(t);
  await run(ioredis(client));
});

test("a lazy client that was never used is connected by the check", async (t) => {
  const server = await serveRedis();
  t.after(() => server[Symbol.asyncDispose]());
  const client = clientOf(t, server.port);
  assert.equal(client.status, "wait");
  await run(ioredis(client));
  assert.equal(client.status, "ready");
});

test("a client that is not connected fails at once instead of queueing, and tells its status", async (t) => {
  const client = clientOf(t, await closedPort());
  client.connect().catch(() => undefined);
  await until(() => client.status === "reconnecting");
  const error = await failureOf(ioredis(client));
  assert.equal(error.message, 'Redis client is not ready (status "reconnecting")');
});

test("a client that lost its server fails at once, even with a question still open", async (t) => {
  const { server, client } = await connected(t);
  const check = ioredis(client);
  server.hold();
  await failureWhenAborted(check, () => until(() => server.held === 1));
  await server[Symbol.asyncDispose]();
  await until(() => client.status !== "ready");
  assert.match((await failureOf(check)).message, /^Redis client is not ready \(status "/);
});

test("a server that gives no answer is asked once, and its late answer is the next run's", async (t) => {
  const { server, client } = await connected(t);
  const check = ioredis(client);
  server.hold();
  await failureWhenAborted(check, () => until(() => server.held === 1));
  await failureWhenAborted(check, () => undefined);
  const next = run(check);
  assert.equal(server.held, 1);
  server.letGo();
  await next;
});

test("a connection lost after the check stopped waiting is nobody's rejection", async (t) => {
  const { server, client } = await connected(t);
  server.hold();
  await failureWhenAborted(ioredis(client), () => until(() => server.held === 1));
  client.disconnect();
  await until(() => client.status === "end");
});

test("anything but a client is refused", () => {
  for (const wrong of [undefined, null, {}, "redis://localhost"]) assertRefused(() => ioredis(wrong as never), "ping");
});
