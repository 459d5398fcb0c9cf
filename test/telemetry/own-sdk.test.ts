import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { type TestContext, describe, test } from "node:test";
import type { Receiver } from "@seaworthy/otlp-receiver";
import { ask } from "../harness/ask.ts";
import type { RunningProcess } from "../harness/process.ts";
import { deliveriesOf, openReceiver, reportOf, startService, toldBy, whenStarted } from "./service.ts";
import { textOf } from "./text-of.ts";

interface Run {
  readonly receiver: Receiver;
  readonly service: RunningProcess;
  /** What their Prometheus exporter answered, as its lines; without one, nothing. */
  readonly scraped: readonly string[];
  /** What our `/metrics` answered. */
  readonly ownMetrics: number;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}

/** Runs a service with an SDK of its own to its end, with probes before and after each of three orders. */
async function run(t: TestContext, how: string): Promise<Run> {
  const receiver = await openReceiver(t);
  const port = await freePort();
  const service = startService(t, "own-sdk.cjs", receiver.url, {
    args: [how],
    env: { PROMETHEUS_PORT: `${port}`, OTEL_LOGS_EXPORTER: "none" },
  });
  const doors = await whenStarted(service);
  const askProbes = (): Promise<unknown> =>
    Promise.all(
      ["/livez", "/readyz", "/startupz", "/readyz?verbose"].flatMap((path) =>
        [doors.app, doors.probes].map(async (door) => assert.equal((await ask(`${door}${path}`)).status, 200)),
      ),
    );
  await askProbes();
  for (const id of ["7", "8", "9"]) {
    assert.equal((await ask(`${doors.app}/orders/${id}`)).body, id);
    await askProbes();
  }
  const { status: ownMetrics } = await ask(`${doors.probes}/metrics`);
  const isTheirs = how !== "held" && how !== "throws";
  const scraped = isTheirs ? (await ask(`http://127.0.0.1:${port}/metrics`)).body.split("\n") : [];
  service.kill("SIGTERM");
  assert.deepEqual(await service.ended, { code: 0, signal: null }, service.stderr());
  return { receiver, service, scraped, ownMetrics };
}

const times = (service: RunningProcess, line: string): number =>
  service
    .stdout()
    .split("\n")
    .filter((one) => one === line).length;

/** Of the requests to the application: the scrape of their exporter is one to another server. */
const requestsIn = (receiver: Receiver): readonly unknown[] =>
  receiver
    .spans()
    .filter(({ kind, attributes }) => kind === "server" && attributes["url.path"] !== "/metrics")
    .map(({ name, attributes }) => `${name} ${textOf(attributes["url.path"])}`);

/*
 * GET /orders/:id              server  instrumentation-http
 * ├─ middleware - …            internal  instrumentation-express
 * └─ request handler           internal
 */
describe("an SDK of the application's own", () => {
  for (const [how, title] of [
    ["", "is started"],
    ["started", "that was started already is not started again"],
  ] as const) {
    test(`${title}, kept free of probes, flushed last, and counted in the report`, async (t) => {
      const { receiver, service, scraped, ownMetrics } = await run(t, how);
      assert.equal(times(service, "their SDK starts"), 1);
      assert.equal(times(service, "their SDK ends"), 1);
      assert.match(service.stdout(), /pool closes\n(.*\n)*their SDK ends/);

      assert.deepEqual(requestsIn(receiver), [
        "GET /orders/:id /orders/7",
        "GET /orders/:id /orders/8",
        "GET /orders/:id /orders/9",
      ]);
      const names = receiver.spans().map(({ name }) => name);
      assert.ok(names.includes("request handler") && names.includes("last stop hook"), names.join());
      assert.deepEqual([...new Set(receiver.spans().map(({ resource }) => resource["service.name"]))], ["own"]);
      assert.deepEqual(deliveriesOf(service)["spans"], { sent: receiver.spans().length, lost: 0 });

      const counts = scraped.filter((line) => line.startsWith("http_server_request_duration_count{"));
      assert.equal(counts.length, 1, counts.join("\n"));
      assert.match(counts[0] ?? "", /http_route="\/orders\/:id".*\} 3\b/);
      assert.ok(scraped.some((line) => /^seaworthy_lifecycle_phase\{.*="started".*\} 1\b/.test(line)));
      assert.equal(ownMetrics, 404);
      assert.deepEqual(
        toldBy(service).map(({ msg }) => msg),
        ["Telemetry is that of your own SDK: flushed last."],
      );
    });
  }

  test("of which nothing is known but its two methods is started and flushed, and no counts are made up", async (t) => {
    const { receiver, service } = await run(t, "opaque");
    assert.equal(times(service, "their SDK starts"), 1);
    assert.equal(times(service, "their SDK ends"), 1);
    assert.ok(receiver.spans().some(({ name }) => name === "last stop hook"));
    assert.match(toldBy(service)[0]?.msg ?? "", /What it sends cannot be counted/);
    assert.doesNotMatch(reportOf(service), /spans sent/);
  });

  test("is not started beside another one that holds the API, and that is told", async (t) => {
    const { receiver, service } = await run(t, "held");
    assert.equal(times(service, "their SDK starts"), 0);
    const lines = toldBy(service).map(({ msg }) => msg);
    assert.equal(lines.length, 1, lines.join("\n"));
    assert.match(lines[0] ?? "", /^Your SDK was not started: @opentelemetry\/sdk-node holds @opentelemetry\/api /);
    assert.deepEqual(
      receiver.spans().filter(({ resource }) => resource["service.name"] === "own"),
      [],
    );
  });

  test("that throws as it starts leaves the service without telemetry, and that is told", async (t) => {
    const { receiver, service } = await run(t, "throws");
    assert.equal(times(service, "their SDK starts"), 1);
    assert.equal(times(service, "their SDK ends"), 0);
    assert.deepEqual(
      toldBy(service).map(({ msg }) => msg.split(":", 2).join(":")),
      ["Your SDK could not be started: their port is taken"],
    );
    assert.deepEqual(receiver.spans(), []);
  });

  test("that the application shuts down itself is shut down once, then, and that is told", async (t) => {
    const { receiver, service } = await run(t, "ends itself");
    assert.equal(times(service, "their SDK ends"), 1);
    assert.match(service.stdout(), /their SDK ends\n(.*\n)*pool closes/);
    assert.match(toldBy(service)[1]?.msg ?? "", /^Your SDK was shut down by the application: /);
    assert.equal(requestsIn(receiver).length, 3);
    assert.ok((deliveriesOf(service)["spans"]?.lost ?? 0) > 0, reportOf(service));
  });

  test("whose shutdown fails changes no exit code, and that is told", async (t) => {
    const { receiver, service } = await run(t, "rejects");
    const [, line] = toldBy(service).map(({ msg }) => msg);
    assert.match(line ?? "", /^The shutdown of your own SDK failed: their exporter is cross/);
    assert.deepEqual(deliveriesOf(service)["spans"], { sent: receiver.spans().length, lost: 0 });
  });

  test("whose shutdown hangs costs the budget and changes no exit code", async (t) => {
    const { receiver, service } = await run(t, "hangs");
    const { sent, lost } = deliveriesOf(service)["spans"] ?? assert.fail(reportOf(service));
    assert.equal(sent, receiver.spans().length);
    assert.ok(lost > 0, reportOf(service));
  });
});

/*
 * GET              server    instrumentation-http
 * ├─ graphql.parse           internal  instrumentation-graphql
 * ├─ graphql.validate
 * └─ query
 */
describe("an SDK of the application's own, with instrumentations for what seaworthy/register has armed before,", () => {
  // What they are loaded by, sdk-node, loads gRPC.
  for (const [order, armed] of [
    ["library between", "grpc, graphql, pino"],
    ["library last", "grpc"],
    ["library first", "grpc, graphql, pino"],
  ] as const) {
    test(`records each operation once, by them, and is started once: ${order}`, async (t) => {
      const receiver = await openReceiver(t);
      const service = startService(t, "own-sdk-armed.cjs", receiver.url, {
        args: [order],
        flags: ["--import", "seaworthy/register"],
      });
      const { app } = await whenStarted(service);
      assert.equal((await ask(app)).body, "ok");
      service.kill("SIGTERM");
      assert.deepEqual(await service.ended, { code: 0, signal: null }, service.stderr());

      // Theirs comes too late for what was loaded before it was made, as it would without ours.
      const seen = order === "library first" ? 0 : 1;
      const names = receiver.spans().map(({ name }) => name);
      assert.equal(names.filter((name) => name === "GET").length, 1, names.join());
      for (const name of ["graphql.parse", "graphql.validate", "query"]) {
        assert.equal(names.filter((one) => one === name).length, seen, `${name} in ${names.join()}`);
      }
      assert.equal(receiver.logs().filter(({ body }) => body === "taken").length, seen);
      const [line = ""] = service
        .stdout()
        .split("\n")
        .filter((one) => one.includes('"taken"'));
      assert.equal(line.split('"trace_id"').length - 1, seen, line);

      const lines = toldBy(service).map(({ msg }) => msg);
      const [start = ""] = lines;
      assert.ok(start.includes(`seaworthy/register had instrumented ${armed}: that is taken back`), start);
      assert.equal(lines.filter((one) => one.includes("was started a second time")).length, 1, lines.join("\n"));
      assert.equal(lines.length, 2, lines.join("\n"));
    });
  }
});
