import assert from "node:assert/strict";
import { type TestContext, describe, test } from "node:test";
import type { Receiver, Span } from "@seaworthy/otlp-receiver";
import { ask } from "../harness/ask.ts";
import type { RunningProcess } from "../harness/process.ts";
import { type OtherServer, openOther } from "./other-server.ts";
import { deliveriesOf, openReceiver, startService, strayLines, whenStarted } from "./service.ts";
import { textOf } from "./text-of.ts";

/** How an application comes by us. */
const ways = {
  'by import { start } from "seaworthy"': { fixture: "start.mjs", flags: [] },
  'by require("seaworthy")': { fixture: "start.cjs", flags: [] },
  "under --import, without a line of ours": { fixture: "no-code.mjs", flags: ["--import", "seaworthy/register"] },
  "under --require, without a line of ours": { fixture: "no-code.cjs", flags: ["--require", "seaworthy/register"] },
} as const;
const everyWay = Object.keys(ways) as (keyof typeof ways)[];
const frameworks = ["http", "express", "fastify", "koa", "hono"] as const;
/** Earlier majors, under the names that they are installed under, and what stands on a framework. */
const others = ["express-4", "fastify-4", "koa-2", "nest-fastify"] as const;

const orders = ["7", "8", "9"];
const probes = ["/startupz", "/livez", "/readyz", "/readyz?verbose"];

/*
 * GET /orders/:id         server  200      http.server.request.duration {http.route}
 * ├─ POST                 client  200      …/charge/7 by fetch, which is sent the traceparent
 * ├─ GET                  client  200      …/stock/7 by node:http, which is sent the traceparent
 * ├─ INFO order placed    by pino, with the ids in its line
 * └─ INFO thanks for 7    by console
 */
async function isTold(t: TestContext, framework: string, way: keyof typeof ways): Promise<void> {
  const { fixture, flags } = ways[way];
  const receiver = await openReceiver(t);
  const payments = await openOther(t);
  const service = startService(t, fixture, receiver.url, {
    flags,
    args: [framework],
    env: { PAYMENTS: payments.url, OTEL_SERVICE_NAME: "orders" },
  });
  const doors = await whenStarted(service);
  const ownProbes = fixture.startsWith("start") ? [doors.app] : [];

  const askProbes = (): Promise<unknown> =>
    Promise.all(
      [doors.probes, ...ownProbes].flatMap((door) =>
        [...probes, ...probes].map(async (path) => assert.equal((await ask(`${door}${path}`)).status, 200)),
      ),
    );
  await askProbes();
  for (const id of orders) {
    // Whoever calls himself a kubelet is none by that.
    const headers = { "user-agent": "kube-probe/1.34" };
    const { status, body } = await ask(`${doors.app}/orders/${id}?sig=secret`, { headers });
    assert.deepEqual([status, body], [200, "200 and 200"]);
    await askProbes();
  }
  for (let scrape = 0; scrape < 5; scrape += 1) {
    const { status, body } = await ask(`${doors.probes}/metrics`);
    assert.equal(status, 200);
    assert.match(body, /^http_server_request_duration_seconds_count\{/m);
  }
  assert.equal((await ask(`${doors.probes}/prestop`)).status, 200);
  service.kill("SIGTERM");
  assert.deepEqual(await service.ended, { code: 0, signal: null }, service.stderr());

  const hasRoute = framework !== "http" || fixture.startsWith("start");
  for (const id of orders) {
    const server = tellsOrder(receiver, id, hasRoute);
    tellsCalls(receiver, server, id, payments.heard);
    tellsLogs(receiver, server, id, service);
  }
  assert.equal(receiver.spans().length, orders.length * 3);
  tellsDurations(receiver, hasRoute);
  tellsWho(receiver);

  assert.deepEqual(strayLines(service), []);
  assert.deepEqual(
    service.log().filter(({ level }) => level !== "info"),
    [],
  );
  const { spans: traces, "log records": logs, "data points": points } = deliveriesOf(service);
  assert.deepEqual(traces, { sent: receiver.spans().length, lost: 0 });
  assert.deepEqual(logs, { sent: receiver.logs().length, lost: 0 });
  const received = receiver.metrics().reduce((sum, metric) => sum + metric.points.length, 0);
  assert.deepEqual(points, { sent: received, lost: 0 });
}

function tellsOrder(receiver: Receiver, id: string, hasRoute: boolean): Span {
  const found = receiver.spans().filter(({ attributes }) => attributes["url.path"] === `/orders/${id}`);
  assert.equal(found.length, 1);
  const [span] = found;
  assert.ok(span);
  assert.equal(span.kind, "server");
  assert.equal(span.parentSpanId, undefined);
  assert.equal(span.name, hasRoute ? "GET /orders/:id" : "GET");
  assert.equal(span.attributes["http.route"], hasRoute ? "/orders/:id" : undefined);
  assert.equal(span.attributes["http.response.status_code"], 200);
  assert.equal(span.attributes["url.query"], "sig=REDACTED");
  return span;
}

function tellsCalls(receiver: Receiver, { traceId, spanId }: Span, id: string, heard: OtherServer["heard"]): void {
  for (const [method, path] of [
    ["POST", `/charge/${id}`],
    ["GET", `/stock/${id}`],
  ] as const) {
    const found = receiver
      .spans()
      .filter(({ kind, attributes }) => kind === "client" && textOf(attributes["url.full"]).endsWith(path));
    assert.equal(found.length, 1, path);
    const [call] = found;
    assert.equal(call?.name, method);
    assert.deepEqual([call.traceId, call.parentSpanId], [traceId, spanId]);
    assert.equal(heard.get(`${method} ${path}`)?.traceparent, `00-${traceId}-${call.spanId}-01`);
  }
}

function tellsLogs(receiver: Receiver, { traceId, spanId }: Span, id: string, service: RunningProcess): void {
  const lines = service
    .stdout()
    .split("\n")
    .filter((line) => line.includes(`"order":"${id}"`))
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  assert.equal(lines.length, 1);
  assert.deepEqual([lines[0]?.["trace_id"], lines[0]?.["span_id"]], [traceId, spanId]);

  // What one scope has sent comes together.
  const records = receiver
    .logs()
    .filter((record) => record.traceId === traceId)
    .toSorted((one, other) => textOf(one.body).localeCompare(textOf(other.body)));
  assert.deepEqual(
    records.map(({ body, severityNumber, spanId: within }) => [body, severityNumber, within]),
    [
      ["order placed", 9, spanId],
      [`thanks for ${id}`, 9, spanId],
    ],
  );
  assert.equal(records[0]?.attributes["order"], id);
}

function tellsDurations(receiver: Receiver, hasRoute: boolean): void {
  const last = receiver.metrics().findLast(({ name }) => name === "http.server.request.duration");
  assert.equal(last?.unit, "s");
  const points = last.points.filter(({ attributes }) => attributes["http.response.status_code"] === 200);
  assert.deepEqual(
    points.map(({ attributes, count }) => [attributes["http.route"], count]),
    [[hasRoute ? "/orders/:id" : undefined, orders.length]],
  );
  const active = receiver.metrics().findLast(({ name }) => name === "http.server.active_requests");
  assert.deepEqual(
    active?.points.map(({ value }) => value),
    [0],
  );
  const other = receiver
    .metrics()
    .filter(({ name }) => name.startsWith("http.server."))
    .flatMap(({ points: all }) => all.map(({ attributes }) => JSON.stringify(attributes)));
  assert.deepEqual(
    other.filter((attributes) => /z\b|metrics|prestop/.test(attributes)),
    [],
  );
}

function tellsWho(receiver: Receiver): void {
  const all = [...receiver.spans(), ...receiver.metrics(), ...receiver.logs()];
  assert.deepEqual([...new Set(all.map(({ resource }) => resource["service.name"]))], ["orders"]);
  assert.equal(new Set(all.map(({ resource }) => resource["service.instance.id"])).size, 1);
}

for (const framework of [...frameworks, ...others]) {
  const isOther = others.some((other) => other === framework);
  describe(`with ${framework}, a request is told of in all three pipelines, and no probe is`, () => {
    for (const way of isOther ? ([everyWay[0], everyWay[3]] as const) : everyWay) {
      if (way) test(way, (t) => isTold(t, framework, way));
    }
  });
}
