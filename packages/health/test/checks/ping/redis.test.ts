import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { type RedisClientPoolType, type RedisClientType, createClient, type createSentinel } from "redis";
import { redis } from "../../../src/checks/ping/redis.ts";
import type { Check } from "../../../src/check.ts";
import { assertRefused } from "../options.ts";
import { failureOf, failureWhenAborted, run } from "../run.ts";
import { until } from "../until.ts";
import { serveRedis } from "../wire/redis.ts";
import { type WireServer, closedPort } from "../wire/serve.ts";

type Client = ReturnType<typeof clientOf>;

redis satisfies (client: RedisClientType) => Check;
redis satisfies (client: ReturnType<typeof createClient>) => Check;
redis satisfies (client: RedisClientPoolType) => Check;
redis satisfies (client: ReturnType<typeof createSentinel>) => Check;

function clientOf(port: number) {
  return createClient({ socket: { host: "127.0.0.1", port }, RESP: 2 });
}

async function connected(t: TestContext): Promise<{ readonly server: WireServer; readonly client: Client }> {
  const server = await serveRedis();
  const client = clientOf(server.port);
  client.on("error", () => undefined);
  await client.connect();
  t.after(async () => {
    client.destroy();
    await server[Symbol.asyncDispose]();
  });
  return { server, client };
}

test("a server that answers PING passes", async (t) => {
  const { client } = await connected(t);
  await run(redis(client));
});

test("a client that is not connected fails at once", async () => {
  const client = clientOf(await closedPort());
  const error = await failureOf(redis(client));
  assert.equal(error.message, "Redis client is not ready (isReady is false)");
});

test("a client that lost its server fails at once, even with a question still open", async (t) => {
  const { server, client } = await connected(t);
  const check = redis(client);
  server.hold();
  await failureWhenAborted(check, () => until(() => server.held === 1));
  await server[Symbol.asyncDispose]();
  await until(() => !client.isReady);
  const error = await failureOf(check);
  assert.match(error.message, /isReady is false/);
});

test("a server that gives no answer is asked once, and its late answer is the next run's", async (t) => {
  const { server, client } = await connected(t);
  const check = redis(client);
  server.hold();
  await failureWhenAborted(check, () => until(() => server.held === 1));
  await failureWhenAborted(check, () => undefined);
  const next = run(check);
  assert.equal(server.held, 1);
  server.letGo();
  await next;
});

test("anything but a client is refused", () => {
  for (const wrong of [undefined, null, {}, "redis://localhost"]) assertRefused(() => redis(wrong as never), "ping");
});
