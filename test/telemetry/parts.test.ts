import assert from "node:assert/strict";
import { type TestContext, describe, test } from "node:test";
import { ask } from "../harness/ask.ts";
import { openOther } from "./other-server.ts";
import { openReceiver, startService, toldBy, whenStarted } from "./service.ts";

/** What one order leaves behind. */
interface Left {
  /** The kind of each span and its method. */
  readonly spans: readonly string[];
  /** Whether there are metrics of each. */
  readonly metrics: { readonly server: boolean; readonly client: boolean; readonly runtime: boolean };
  /** Whether the order was logged as a record that was sent. */
  readonly isLogged: boolean;
  /** Whether the context of a trace was sent along. */
  readonly isPassedOn: readonly boolean[];
  readonly introduced: string;
}

async function order(
  t: TestContext,
  instrumentations: Readonly<Record<string, boolean>>,
  env: Readonly<Record<string, string>>,
): Promise<Left> {
  const receiver = await openReceiver(t);
  const payments = await openOther(t);
  const service = startService(t, "parts.mjs", receiver.url, {
    args: [JSON.stringify(instrumentations)],
    env: { PAYMENTS: payments.url, ...env },
  });
  const { app } = await whenStarted(service);
  assert.equal((await ask(`${app}/`)).body, "200 and 200");
  service.kill("SIGTERM");
  assert.deepEqual(await service.ended, { code: 0, signal: null }, service.stderr());
  const names = receiver.metrics().map(({ name }) => name);
  const has = (beginning: string): boolean => names.some((name) => name.startsWith(beginning));
  assert.ok(has("process.memory.usage"));
  assert.equal(has("nodejs."), has("v8js."));
  return {
    spans: receiver
      .spans()
      .map(({ kind, name }) => `${kind} ${name}`)
      .toSorted(),
    metrics: { server: has("http.server."), client: has("http.client."), runtime: has("nodejs.") },
    isLogged: receiver.logs().some(({ body }) => body === "order placed"),
    isPassedOn: [...payments.heard.values()].map(({ traceparent }) => traceparent !== undefined),
    introduced: toldBy(service, "start")
      .map(({ msg }) => msg.split("; ").slice(2).join("; "))
      .join("\n"),
  };
}

describe("what is recorded without a library", () => {
  const all = { server: true, client: true, runtime: true };
  const disabled = (names: string): Readonly<Record<string, string>> => ({
    OTEL_NODE_DISABLED_INSTRUMENTATIONS: names,
  });

  for (const [title, instrumentations, env] of [
    ["the variable", {}, disabled("http")],
    ["the option", { http: false }, {}],
  ] as const) {
    test(`is all but HTTP where ${title} turns "http" off: fetch is undici's`, async (t) => {
      const left = await order(t, instrumentations, env);
      assert.deepEqual(left.spans, ["client POST"]);
      assert.deepEqual(left.metrics, { ...all, server: false });
      assert.deepEqual(left.isPassedOn, [true, false]);
      assert.equal(left.isLogged, true);
      assert.match(left.introduced, /^fetch and undici, pino recorded, .*; http turned off\.$/);
    });
  }

  test("is all but fetch and undici where those are turned off", async (t) => {
    const left = await order(t, {}, disabled("undici"));
    assert.deepEqual(left.spans, ["client GET", "server GET"]);
    assert.deepEqual(left.metrics, all);
    assert.deepEqual(left.isPassedOn, [false, true]);
    assert.match(left.introduced, /^HTTP, pino recorded, .*; undici turned off\.$/);
  });

  test("is all but the runtime where that is turned off", async (t) => {
    const left = await order(t, { "runtime-node": false }, {});
    assert.deepEqual(left.spans, ["client GET", "client POST", "server GET"]);
    assert.deepEqual(left.metrics, { ...all, runtime: false });
  });

  test("is nothing where only a library is turned on, which is recorded", async (t) => {
    const left = await order(t, {}, { OTEL_NODE_ENABLED_INSTRUMENTATIONS: "pino" });
    assert.deepEqual(left.spans, []);
    assert.deepEqual(left.metrics, { server: false, client: false, runtime: false });
    assert.equal(left.isLogged, true);
    assert.match(left.introduced, /^pino recorded, .*; http, undici, runtime-node turned off\.$/);
  });

  test("is what the option turns on, over the variable", async (t) => {
    const left = await order(t, { http: true }, { OTEL_NODE_ENABLED_INSTRUMENTATIONS: "pg" });
    assert.deepEqual(left.spans, ["client GET", "server GET"]);
    assert.deepEqual(left.metrics, { ...all, runtime: false });
  });
});
