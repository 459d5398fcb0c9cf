import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { type Db, MongoClient } from "mongodb";
import { mongodb } from "../../../src/checks/ping/mongodb.ts";
import type { Check } from "../../../src/check.ts";
import { assertRefused } from "../options.ts";
import { failureOf, failureWhenAborted, run } from "../run.ts";
import { until } from "../until.ts";
import { serveMongodb } from "../wire/mongodb.ts";
import { type WireServer, closedPort } from "../wire/serve.ts";

mongodb satisfies (client: MongoClient) => Check;
mongodb satisfies (client: Db) => Check;

async function connected(t: TestContext): Promise<{ readonly server: WireServer; readonly client: MongoClient }> {
  const server = await serveMongodb();
  const client = new MongoClient(`mongodb://127.0.0.1:${server.port}/?directConnection=true`);
  await client.connect();
  t.after(async () => {
    await client.close();
    await server[Symbol.asyncDispose]();
  });
  return { server, client };
}

test("a server that answers the ping passes, asked through a client or a database", async (t) => {
  const { client } = await connected(t);
  await run(mongodb(client));
  await run(mongodb(client.db("orders")));
});

test("a server that cannot be reached fails the check and is named", async (t) => {
  const port = await closedPort();
  const options = { serverSelectionTimeoutMS: 1, directConnection: true };
  const client = new MongoClient(`mongodb://127.0.0.1:${port}/`, options);
  t.after(() => client.close());
  const error = await failureOf(mongodb(client));
  assert.match(error.message, /^MongoDB ping failed: /);
});

test("the driver stops looking for a server when the signal aborts", async (t) => {
  const client = new MongoClient(`mongodb://127.0.0.1:${await closedPort()}/?directConnection=true`);
  t.after(() => client.close());
  let searches = 0;
  client.on("serverHeartbeatStarted", () => (searches += 1));
  await failureWhenAborted(mongodb(client), () => until(() => searches > 0));
});

test("the driver gives the ping up when the signal aborts, and the next run asks anew", async (t) => {
  const { server, client } = await connected(t);
  const check = mongodb(client);
  await run(check);
  server.hold();
  await failureWhenAborted(check, () => until(() => server.held === 1));
  await failureWhenAborted(check, () => until(() => server.held === 2));
  server.letGo();
  await run(check);
});

test("anything but a client is refused", () => {
  for (const wrong of [undefined, null, {}, "mongodb://db"]) assertRefused(() => mongodb(wrong as never), "command");
  assert.equal(typeof mongodb({ command: async () => undefined }), "function");
});
