import assert from "node:assert/strict";
import { EventEmitter } from "node:events";
import { type TestContext, test } from "node:test";
import { type ChannelModel, connect } from "amqplib";
import { amqplib } from "../../../src/checks/ping/amqplib.ts";
import type { Check } from "../../../src/check.ts";
import { assertRefused } from "../options.ts";
import { failureOf, failureWhenAborted, run } from "../run.ts";
import { fewTurns, until } from "../until.ts";
import { serveAmqp } from "../wire/amqp.ts";
import type { WireServer } from "../wire/serve.ts";

amqplib satisfies (connection: ChannelModel) => Check;

async function connected(t: TestContext): Promise<{ readonly server: WireServer; readonly connection: ChannelModel }> {
  const server = await serveAmqp();
  const connection = await connect(`amqp://127.0.0.1:${server.port}`);
  connection.on("error", () => undefined);
  t.after(() => server[Symbol.asyncDispose]());
  return { server, connection };
}

test("a broker that opens and closes a channel passes", async (t) => {
  const { connection } = await connected(t);
  const check = amqplib(connection);
  await run(check);
  await run(check);
});

test("a connection that is closed fails the check", async (t) => {
  const { connection } = await connected(t);
  await connection.close();
  const error = await failureOf(amqplib(connection));
  assert.match(error.message, /^AMQP channel failed: Connection closed/);
});

test("a broker that hangs up fails the check and nothing else", async (t) => {
  const { server, connection } = await connected(t);
  server.hold();
  const failure = failureOf(amqplib(connection));
  await until(() => server.held === 1);
  for (const socket of server.sockets) socket.destroy();
  assert.match((await failure).message, /^AMQP channel failed: /);
});

test("a broker that gives no answer is asked once, and its late answer is the next run's", async (t) => {
  const { server, connection } = await connected(t);
  const check = amqplib(connection);
  server.hold();
  await failureWhenAborted(check, () => until(() => server.held === 1));
  await failureWhenAborted(check, () => undefined);
  const next = run(check);
  assert.equal(server.held, 1);
  server.letGo();
  await next;
});

test("a channel that errors before it is closed ends nothing but the check", async () => {
  const channel = Object.assign(new EventEmitter(), { close: () => Promise.reject(new Error("Channel closed")) });
  const error = await failureOf(
    amqplib({
      createChannel: async () => {
        setImmediate(() => channel.emit("error", new Error("PRECONDITION_FAILED")));
        return channel;
      },
    }),
  );
  assert.equal(error.message, "AMQP channel failed: Channel closed");
  await fewTurns();
});

test("anything but a connection is refused", () => {
  for (const wrong of [undefined, null, {}]) assertRefused(() => amqplib(wrong as never), "createChannel");
});
