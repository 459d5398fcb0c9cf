import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { type Admin, Kafka, logLevel } from "kafkajs";
import { kafkajs } from "../../../src/checks/ping/kafkajs.ts";
import type { Check } from "../../../src/check.ts";
import { assertRefused } from "../options.ts";
import { failureOf, failureWhenAborted, run } from "../run.ts";
import { until } from "../until.ts";
import { serveKafka } from "../wire/kafka.ts";
import type { WireServer } from "../wire/serve.ts";

kafkajs satisfies (admin: Admin) => Check;

async function connected(t: TestContext): Promise<{ readonly server: WireServer; readonly admin: Admin }> {
  const server = await serveKafka();
  const kafka = new Kafka({
    brokers: [`127.0.0.1:${server.port}`],
    logLevel: logLevel.NOTHING,
    retry: { retries: 0 },
  });
  const admin = kafka.admin();
  await admin.connect();
  t.after(async () => {
    server.letGo();
    await admin.disconnect();
    await server[Symbol.asyncDispose]();
  });
  return { server, admin };
}

test("a broker that answers passes", async (t) => {
  const { admin } = await connected(t);
  const check = kafkajs(admin);
  await run(check);
  await run(check);
});

test("a cluster that is gone fails the check", async (t) => {
  const { server, admin } = await connected(t);
  const check = kafkajs(admin);
  await run(check);
  await server[Symbol.asyncDispose]();
  const error = await failureOf(check);
  assert.match(error.message, /^Kafka metadata request failed: /);
});

test("a broker that gives no answer is asked once, and its late answer is the next run's", async (t) => {
  const { server, admin } = await connected(t);
  const check = kafkajs(admin);
  await run(check);
  server.hold();
  await failureWhenAborted(check, () => until(() => server.held === 1));
  await failureWhenAborted(check, () => undefined);
  const next = run(check);
  assert.equal(server.held, 1);
  server.letGo();
  await next;
});

test("anything but an admin client is refused", () => {
  const producer = new Kafka({ brokers: ["127.0.0.1:1"], logLevel: logLevel.NOTHING }).producer();
  for (const wrong of [undefined, null, producer]) assertRefused(() => kafkajs(wrong as never), "describeCluster");
});
