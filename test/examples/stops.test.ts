import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { type IncomingMessage, request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { type TestContext, describe, test } from "node:test";
import { ask, keepAliveAgent } from "../harness/ask.ts";
import { root } from "../run/workspaces.ts";
import { doorsOf, npmStart, readExample, startExample } from "./example.ts";

/** An order of which the service has the headers, and waits for the body. */
async function beginOrder(app: string): Promise<{ finish(): Promise<IncomingMessage> }> {
  const order = JSON.stringify({ item: "rope" });
  const outgoing = request(`http://${app}/orders`, {
    method: "POST",
    agent: false,
    headers: { "content-type": "application/json", "content-length": order.length, expect: "100-continue" },
  });
  outgoing.flushHeaders();
  await once(outgoing, "continue");
  return {
    async finish() {
      outgoing.end(order);
      const [response] = (await once(outgoing, "response")) as [IncomingMessage];
      response.resume();
      await once(response, "end");
      return response;
    },
  };
}

/** The stream of all orders, begun: a line for each, half a second apart. */
async function beginStream(app: string): Promise<{ rest(): Promise<string> }> {
  const outgoing = request(`http://${app}/orders`, { agent: false }).end();
  const [response] = (await once(outgoing, "response")) as [IncomingMessage];
  return { rest: () => text(response) };
}

/** Many clients at once, each with a connection that it keeps. */
async function load(t: TestContext, url: string): Promise<void> {
  const agents = Array.from({ length: 10 }, keepAliveAgent);
  t.after(() => agents.forEach((agent) => agent.destroy()));
  const statuses = await Promise.all(
    agents.flatMap((agent) => Array.from({ length: 5 }, async () => (await ask(url, { agent })).status)),
  );
  assert.deepEqual(new Set(statuses), new Set([200]));
}

describe("the express example", () => {
  const example = readExample("express");
  const rope = { method: "POST", body: '{"item":"rope"}', headers: { "content-type": "application/json" } };

  test("finishes an order, a slow answer and a stream at SIGTERM, after load, and exits with 0", async (t) => {
    const service = startExample(t, example);
    const { app, probes } = await doorsOf(service);
    const placed = await Promise.all(Array.from({ length: 4 }, () => ask(`http://${app}/orders`, rope)));
    assert.deepEqual(new Set(placed.map(({ status }) => status)), new Set([201]));
    await load(t, `http://${app}/orders/1`);

    const stream = await beginStream(app);
    const order = await beginOrder(app);
    const slow = ask(`http://${app}/slow?ms=1500`);
    assert.equal((await ask(`http://${app}/livez`)).status, 200);
    service.kill("SIGTERM");
    await service.until(/Draining: SIGTERM\./);
    assert.equal((await ask(`http://${probes}/readyz`)).status, 503);
    const { statusCode, headers } = await order.finish();
    assert.deepEqual([statusCode, headers.connection], [201, "close"]);
    const { status, body } = await slow;
    assert.deepEqual([status, body], [200, '{"slept":true}']);
    const lines = (await stream.rest()).trimEnd().split("\n");
    assert.deepEqual(
      lines,
      [1, 2, 3, 4].map((id) => JSON.stringify({ id, item: "rope" })),
    );
    assert.deepEqual(await service.ended, { code: 0, signal: null }, service.stderr());
    assert.match(service.stderr(), /Stopped .* exit 0: [23] in-flight finished; 3 of 3 hooks done/);
  });

  test("names a request that asks for too much, and exits with 1", async (t) => {
    const service = startExample(t, example, { SEAWORTHY_GRACE_PERIOD_SECONDS: "3" });
    const { app } = await doorsOf(service);
    const slow = ask(`http://${app}/slow?ms=60000`).then(
      ({ status }) => status,
      ({ code }: NodeJS.ErrnoException) => code,
    );
    assert.equal((await ask(`http://${app}/livez`)).status, 200);
    service.kill("SIGTERM");
    assert.ok([503, "ECONNRESET"].includes((await slow) ?? ""), `got ${await slow}`);
    assert.deepEqual(await service.ended, { code: 1, signal: null });
    assert.match(service.stderr(), /1 cut: GET \/slow \(/);
  });

  test("keeps its orders in a file when it is given one, and closes it", async (t) => {
    const folder = mkdtempSync(join(tmpdir(), "seaworthy-orders-"));
    t.after(() => rmSync(folder, { recursive: true, force: true }));
    const env = { ORDERS_DB: join(folder, "orders.db") };
    const first = startExample(t, example, env);
    assert.equal((await ask(`http://${(await doorsOf(first)).app}/orders`, rope)).status, 201);
    first.kill("SIGTERM");
    assert.deepEqual(await first.ended, { code: 0, signal: null }, first.stderr());
    const second = startExample(t, example, env);
    assert.equal((await ask(`http://${(await doorsOf(second)).app}/orders/1`)).body, '{"id":1,"item":"rope"}');
    second.kill("SIGINT");
    assert.deepEqual(await second.ended, { code: 0, signal: null }, second.stderr());
  });

  test("says so and exits with 1 when its port is taken", async (t) => {
    const { app } = await doorsOf(startExample(t, example));
    const second = startExample(t, example, { PORT: app.replace("localhost:", "") });
    assert.deepEqual(await second.ended, { code: 1, signal: null });
    assert.match(second.stderr(), /Fatal \(uncaughtException\): listen EADDRINUSE/);
  });
});

describe("Ctrl-C on npm start finishes an order in flight, and npm exits with 0 and without a word", () => {
  for (const [where, folder] of Object.entries({
    "in the folder of the example": readExample("express").folder,
    "at the root of the repository": root,
  })) {
    test(where, async (t) => {
      const terminal = npmStart(t, folder);
      const [, port] = await terminal.until(/listens on http:\/\/localhost:(\d+)/);
      const order = await beginOrder(`localhost:${port}`);
      terminal.pressCtrlC();
      await terminal.until(/Draining: SIGINT\./);
      const { statusCode, headers } = await order.finish();
      assert.deepEqual([statusCode, headers.connection], [201, "close"]);
      assert.deepEqual(await terminal.ended, { code: 0, signal: null }, terminal.output());
      assert.match(terminal.output(), /Stopped .* exit 0: 1 in-flight finished; 3 of 3 hooks done\./);
      assert.doesNotMatch(terminal.output(), /npm err/i);
    });
  }
});

for (const [name, path] of [
  ["http", "/en"],
  ["zero-code", "/"],
] as const) {
  test(`the ${name} example answers what is in flight at SIGTERM, after load, and exits with 0`, async (t) => {
    const service = startExample(t, readExample(name));
    const { app } = await doorsOf(service);
    await load(t, `http://${app}${path}`);
    const slow = ask(`http://${app}${path}?after=1500`);
    assert.equal((await ask(`http://${app}${path}`)).status, 200);
    service.kill("SIGTERM");
    const { status, headers } = await slow;
    assert.deepEqual([status, headers.connection], [200, "close"]);
    assert.deepEqual(await service.ended, { code: 0, signal: null }, service.stderr());
    assert.match(service.stderr(), /1 in-flight finished/);
  });
}

test("the http example is started no sooner than its greetings are loaded", async (t) => {
  const service = startExample(t, readExample("http"));
  await service.until(/Started after/);
  const messages = service.log().map(({ msg }) => String(msg));
  const at = (start: string): number => messages.findIndex((message) => message.startsWith(start));
  assert.ok(at("Found http server") < at("Started after"), messages.join("\n"));
  const { app } = await doorsOf(service);
  assert.equal((await ask(`http://${app}/de`)).body, "hallo\n");
});

describe("the queue-worker example", () => {
  const example = readExample("queue-worker");

  test("finishes its job at SIGTERM, takes no other, closes its connection, and exits with 0", async (t) => {
    const worker = startExample(t, example, { JOB_MS: "1200" });
    await worker.until(/job 1 begins/);
    worker.kill("SIGTERM");
    assert.deepEqual(await worker.ended, { code: 0, signal: null }, worker.stderr());
    const lines = worker.stdout().trimEnd().split("\n").slice(1);
    assert.deepEqual(lines, ["job 1 begins", "job 1 is done", "The mailer asks for no more jobs."]);
    assert.match(worker.stderr(), /exit 0: 1 in-flight finished; 2 of 2 hooks done/);
  });

  test("gives back a job that takes too long, and exits with 1", async (t) => {
    const worker = startExample(t, example, { JOB_MS: "60000", SEAWORTHY_GRACE_PERIOD_SECONDS: "2" });
    await worker.until(/job 1 begins/);
    worker.kill("SIGTERM");
    assert.deepEqual(await worker.ended, { code: 1, signal: null });
    const lines = worker.stdout().trimEnd().split("\n").slice(1);
    assert.deepEqual(lines, ["job 1 begins", "job 1 is given back", "The mailer asks for no more jobs."]);
    assert.match(worker.stderr(), /1 cut: job 1 \(.*2 of 2 hooks done/);
  });
});
