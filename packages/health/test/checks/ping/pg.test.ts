import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { Client, Pool, type PoolClient } from "pg";
import { pg } from "../../../src/checks/ping/pg.ts";
import type { Check } from "../../../src/check.ts";
import { assertRefused } from "../options.ts";
import { failureOf, failureWhenAborted, run } from "../run.ts";
import { until } from "../until.ts";
import { servePostgres } from "../wire/postgres.ts";
import { type WireServer, closedPort } from "../wire/serve.ts";

pg satisfies (client: Pool) => Check;
pg satisfies (client: Client) => Check;
pg satisfies (client: PoolClient) => Check;

const host = "127.0.0.1";

async function pooled(t: TestContext, max = 1): Promise<{ readonly server: WireServer; readonly pool: Pool }> {
  const server = await servePostgres();
  const pool = new Pool({ host, port: server.port, user: "u", max });
  pool.on("error", () => undefined);
  t.after(async () => {
    await pool.end();
    await server[Symbol.asyncDispose]();
  });
  return { server, pool };
}

async function single(t: TestContext): Promise<{ readonly server: WireServer; readonly client: Client }> {
  const server = await servePostgres();
  const client = new Client({ host, port: server.port, user: "u" });
  client.on("error", () => undefined);
  await client.connect();
  t.after(async () => {
    await client.end();
    await server[Symbol.asyncDispose]();
  });
  return { server, client };
}

test("a pool whose server answers passes, and gets its connection back without a listener of ours", async (t) => {
  const { pool } = await pooled(t);
  const client = await pool.connect();
  const listeners = client.listenerCount("error");
  client.release();
  await run(pg(pool));
  await run(pg(pool));
  assert.deepEqual([pool.totalCount, pool.idleCount, pool.waitingCount], [1, 1, 0]);
  const again = await pool.connect();
  assert.equal(again, client);
  assert.equal(again.listenerCount("error"), listeners);
  again.release();
});

test("a pool that cannot connect fails the check and names the address", async (t) => {
  const port = await closedPort();
  const pool = new Pool({ host, port });
  t.after(() => pool.end());
  const error = await failureOf(pg(pool));
  assert.equal(error.message, `PostgreSQL "select 1" failed: connect ECONNREFUSED 127.0.0.1:${port}`);
});

test("a connection of a pool that gave no answer in time is closed, and the next run takes a new one", async (t) => {
  const { server, pool } = await pooled(t);
  const check = pg(pool);
  await run(check);
  server.hold();
  await failureWhenAborted(check, () => until(() => server.held === 1));
  await until(() => server.sockets.size === 0);
  assert.equal(pool.totalCount, 0);
  server.letGo();
  await run(check);
});

test("a connection that breaks under the query fails the check and nothing else", async (t) => {
  const { server, pool } = await pooled(t);
  const check = pg(pool);
  await run(check);
  server.hold();
  const failure = failureOf(check);
  await until(() => server.held === 1);
  for (const socket of server.sockets) socket.destroy();
  assert.match((await failure).message, /^PostgreSQL "select 1" failed: Connection terminated/);
  server.letGo();
  await run(check);
});

test("a pool with no connection to lend gets one request, not one for each run, and is asked once it has", async (t) => {
  const { server, pool } = await pooled(t);
  const busy = await pool.connect();
  const check = pg(pool);
  await failureWhenAborted(check, () => undefined);
  await failureWhenAborted(check, () => undefined);
  assert.equal(pool.waitingCount, 1);

  server.hold();
  const next = run(check);
  busy.release();
  await until(() => server.held === 1);
  server.letGo();
  await next;
});

test("a connection lent when no run waits any more is handed back unused", async (t) => {
  const { server, pool } = await pooled(t);
  const busy = await pool.connect();
  await failureWhenAborted(pg(pool), () => undefined);
  server.hold();
  busy.release();
  await until(() => pool.idleCount === 1 && pool.waitingCount === 0);
  assert.equal(server.held, 0);
});

test("a client whose server answers passes", async (t) => {
  const { client } = await single(t);
  await run(pg(client));
});

test("a client whose server gives no answer is asked once, and its late answer is the next run's", async (t) => {
  const { server, client } = await single(t);
  const check = pg(client);
  server.hold();
  await failureWhenAborted(check, () => until(() => server.held === 1));
  await failureWhenAborted(check, () => undefined);
  const next = run(check);
  assert.equal(server.held, 1);
  server.letGo();
  await next;
});

test("a client that lost its server fails the check", async (t) => {
  const { server, client } = await single(t);
  await server[Symbol.asyncDispose]();
  await failureOf(pg(client));
});

test("anything but a client is refused", () => {
  for (const wrong of [undefined, null, {}, "postgres://localhost"]) assertRefused(() => pg(wrong as never), "query");
});
