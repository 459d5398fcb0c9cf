import assert from "node:assert/strict";
import { type TestContext, after, before, describe, test } from "node:test";
import { type Receiver, startReceiver } from "@seaworthy/otlp-receiver";
import { startProcess } from "../harness/process.ts";
import { type Certificate, selfSignedCertificate } from "./certificate.ts";
import { type Replica, type RolloutOptions, rollOut } from "./rollout.ts";
import { longMs } from "./service.ts";

/*
 * 100 customers who keep their connection and 10 with a new one for every order, 20 ms away; nobody tries again.
 *
 * SIGTERM ──── 1 s: new connections still come ────▶ routes move ──── quiet: the window ends ────▶ exit
 * SIGINT, routes moved: no window ──▶ listener closes, idle sockets linger ──▶ exit
 */
const lagMs = 1_000;

/** As Kubernetes has it by default, and so the window is the default one. */
const gracePeriodMs = 30_000;

/** Where the telemetry of all replicas goes, which is on, as it is by default. */
let receiver: Receiver;
before(async () => (receiver = await startReceiver({ port: 0 })));
after(() => receiver[Symbol.asyncDispose]());

async function startReplica(t: TestContext, fixture: string, args: readonly string[] = []): Promise<Replica> {
  const process = startProcess(t, new URL(`fixtures/orders.${fixture}.ts`, import.meta.url), {
    args,
    env: { SEAWORTHY_LOG: "json", OTEL_SDK_DISABLED: "false", OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url },
  });
  const [, port] = await process.until(/port (\d+)/);
  return { process, port: Number(port) };
}

async function drops(t: TestContext, fixture: string, args: readonly string[], options: RolloutOptions): Promise<void> {
  const [old, next] = await Promise.all([startReplica(t, fixture, args), startReplica(t, fixture, args)]);
  const { story, ending, sent, endedAfterMs } = await rollOut(t, old, next, { ...options, killAfterMs: gracePeriodMs });
  assert.deepEqual(story, [], `${story.length} of ${sent} orders failed`);
  assert.deepEqual(ending, { code: 0, signal: null }, old.process.stderr());
  const report = old.process.log().find(({ exitCode }) => exitCode !== undefined);
  assert.deepEqual([report?.["cut"], report?.["failures"]], [[], []]);
  assert.ok(
    endedAfterMs < options.lagMs + gracePeriodMs / 6,
    `expected an exit long before the deadline, got one after ${endedAfterMs} ms`,
  );
}

const services = {
  http: "node:http",
  https: "node:https",
  express: "Express",
  fastify: "Fastify",
  nest: "Nest",
} as const;

describe("a rollout under load, 20 ms away", { timeout: 5 * longMs }, () => {
  let certificate: Certificate = { key: "", cert: "" };
  before(() => (certificate = selfSignedCertificate()));

  for (const [fixture, name] of Object.entries(services)) {
    const transport = (): readonly [args: string[], options: Omit<RolloutOptions, "lagMs">] =>
      fixture === "https"
        ? [[certificate.key, certificate.cert], { scheme: "https", ca: certificate.cert }]
        : [[], { scheme: "http" }];

    test(`${name} drops no order while routes take a second to move`, async (t) => {
      const [args, options] = transport();
      await drops(t, fixture, args, { ...options, lagMs });
    });

    test(`${name} drops no order without a drain window either, if routes move at once`, async (t) => {
      const [args, options] = transport();
      await drops(t, fixture, args, { ...options, lagMs: 0, osSignal: "SIGINT" });
    });
  }

  test("an order that is taken before all of it has come is not dropped", async (t) => {
    // One that asks for the end of its connection itself is reset by Node at any time.
    const crowd = { keepAlive: 10, newConnection: 0 };
    await drops(t, "http", [], { crowd, path: "/unread", body: "an order".repeat(25_000), lagMs });
  });

  describe("of a plain server, which shows that these customers notice", () => {
    test("drops orders on the connections it closes, however long it waited", async (t) => {
      assert.ok((await failuresOf(t, "2000")).has("keepAlive"), "expected failed orders on kept connections, got none");
    });

    test("drops orders on new connections, if it does not wait", async (t) => {
      assert.ok((await failuresOf(t, "0")).has("newConnection"), "expected failed orders on new connections, got none");
    });
  });
});

async function failuresOf(t: TestContext, waitMs: string): Promise<ReadonlySet<string>> {
  const [old, next] = await Promise.all([startReplica(t, "bare", [waitMs]), startReplica(t, "bare", [waitMs])]);
  const { failures } = await rollOut(t, old, next, { lagMs, killAfterMs: 3_000 });
  return new Set(failures.map(({ customer }) => customer));
}
