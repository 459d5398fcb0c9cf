import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import * as callbacks from "mysql2";
import * as promises from "mysql2/promise";
import { mysql2 } from "../../../src/checks/ping/mysql2.ts";
import type { Check } from "../../../src/check.ts";
import { assertRefused } from "../options.ts";
import { failureOf, failureWhenAborted, run } from "../run.ts";
import { until } from "../until.ts";
import { serveMysql } from "../wire/mysql.ts";
import { type WireServer, closedPort } from "../wire/serve.ts";

mysql2 satisfies (client: promises.Pool) => Check;
mysql2 satisfies (client: promises.Connection) => Check;
mysql2 satisfies (client: promises.PoolConnection) => Check;
mysql2 satisfies (client: callbacks.Pool) => Check;
mysql2 satisfies (client: callbacks.Connection) => Check;
mysql2 satisfies (client: callbacks.PoolConnection) => Check;

const host = "127.0.0.1";

async function pooled(t: TestContext): Promise<{ readonly server: WireServer; readonly pool: promises.Pool }> {
  const server = await serveMysql();
  const pool = promises.createPool({ host, port: server.port, connectionLimit: 1 });
  t.after(async () => {
    await pool.end();
    await server[Symbol.asyncDispose]();
  });
  return { server, pool };
}

test("a promise pool whose server answers passes, and gets its connection back", async (t) => {
  const { server, pool } = await pooled(t);
  const check = mysql2(pool);
  await run(check);
  await run(check);
  assert.equal(server.sockets.size, 1);
});

test("a callback pool whose server answers passes", async (t) => {
  const { pool } = await pooled(t);
  await run(mysql2(pool.pool));
});

test("a promise connection and a callback connection whose server answers pass", async (t) => {
  const { server } = await pooled(t);
  const promising = await promises.createConnection({ host, port: server.port });
  t.after(() => promising.destroy());
  await run(mysql2(promising));
  const calling = callbacks.createConnection({ host, port: server.port });
  t.after(() => calling.destroy());
  await run(mysql2(calling));
});

test("a pool that cannot connect fails the check and names the address", async (t) => {
  const port = await closedPort();
  const pool = promises.createPool({ host, port });
  t.after(() => pool.end());
  const error = await failureOf(mysql2(pool));
  assert.equal(error.message, `MySQL ping failed: connect ECONNREFUSED 127.0.0.1:${port}`);
});

test("a connection of a pool that gave no answer in time is closed, and the next run takes a new one", async (t) => {
  const { server, pool } = await pooled(t);
  const check = mysql2(pool);
  await run(check);
  server.hold();
  await failureWhenAborted(check, () => until(() => server.held === 1));
  await until(() => server.sockets.size === 0);
  server.letGo();
  await run(check);
});

test("a connection that breaks under the ping fails the check, and the next run takes a new one", async (t) => {
  const { server, pool } = await pooled(t);
  const check = mysql2(pool);
  await run(check);
  server.hold();
  const failure = failureOf(check);
  await until(() => server.held === 1);
  for (const socket of server.sockets) socket.destroy();
  assert.match((await failure).message, /^MySQL ping failed: /);
  server.letGo();
  await run(check);
});

test("a pool with no connection to lend is waited for until the signal aborts, and is asked once it has", async (t) => {
  const { server, pool } = await pooled(t);
  const busy = await pool.getConnection();
  const check = mysql2(pool);
  await failureWhenAborted(check, () => undefined);
  server.hold();
  const next = run(check);
  busy.release();
  await until(() => server.held === 1);
  server.letGo();
  await next;
});

test("a connection whose server gives no answer is asked once, and its late answer is the next run's", async (t) => {
  const { server } = await pooled(t);
  const connection = await promises.createConnection({ host, port: server.port });
  t.after(() => connection.destroy());
  const check = mysql2(connection);
  server.hold();
  await failureWhenAborted(check, () => until(() => server.held === 1));
  await failureWhenAborted(check, () => undefined);
  const next = run(check);
  assert.equal(server.held, 1);
  server.letGo();
  await next;
});

test("anything but a client is refused", () => {
  for (const wrong of [undefined, null, {}, "mysql://localhost"]) assertRefused(() => mysql2(wrong as never), "ping");
});
