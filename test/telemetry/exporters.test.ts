import assert from "node:assert/strict";
import { type TestContext, describe, test } from "node:test";
import type { Receiver } from "@seaworthy/otlp-receiver";
import { ask } from "../harness/ask.ts";
import type { RunningProcess } from "../harness/process.ts";
import { openGrpcSink } from "./grpc-sink.ts";
import { type OtherServer, openOther } from "./other-server.ts";
import { type Doors, deliveriesOf, openReceiver, startService, toldBy, whenStarted } from "./service.ts";
import { openTlsFront } from "./tls-front.ts";

interface Run {
  readonly service: RunningProcess;
  readonly payments: OtherServer;
  /** What /metrics answered. */
  readonly metrics: { readonly status: number; readonly body: string };
}

const order = async ({ app }: Doors): Promise<void> => {
  assert.equal((await ask(`${app}/orders/7`)).status, 200);
};

/** Runs the service of the matrix to its end, with orders. */
async function run(
  t: TestContext,
  endpoint: string | undefined,
  env: Readonly<Record<string, string>>,
  asks: (doors: Doors) => Promise<void> = order,
): Promise<Run> {
  const payments = await openOther(t);
  const service = startService(t, "start.mjs", endpoint, {
    args: ["express"],
    env: { PAYMENTS: payments.url, ...env },
  });
  const doors = await whenStarted(service);
  await asks(doors);
  const metrics = await ask(`${doors.probes}/metrics`);
  service.kill("SIGTERM");
  assert.deepEqual(await service.ended, { code: 0, signal: null }, service.stderr());
  return { service, payments, metrics };
}

/** That one order has arrived in all three pipelines. */
function assertOrder(receiver: Receiver): void {
  assert.deepEqual(
    receiver
      .spans()
      .map(({ name }) => name)
      .toSorted(),
    ["GET", "GET /orders/:id", "POST"],
  );
  assert.ok(receiver.logs().some(({ body, traceId }) => body === "order placed" && traceId !== undefined));
  assert.ok(receiver.metrics().some(({ name }) => name === "http.server.request.duration"));
}

/** That the report says what the receiver has. */
function assertCounted(receiver: Receiver, service: RunningProcess): void {
  const points = receiver.metrics().reduce((sum, metric) => sum + metric.points.length, 0);
  assert.deepEqual(deliveriesOf(service), {
    spans: { sent: receiver.spans().length, lost: 0 },
    "data points": { sent: points, lost: 0 },
    "log records": { sent: receiver.logs().length, lost: 0 },
  });
}

const each = (receiver: Receiver, field: "contentType" | "contentEncoding"): unknown[] => [
  ...new Set(receiver.requests().map((request) => request[field])),
];

describe("telemetry is sent", () => {
  test("as protocol buffers over HTTP unless told otherwise", async (t) => {
    const receiver = await openReceiver(t);
    const { service } = await run(t, receiver.url, {});
    assertOrder(receiver);
    assertCounted(receiver, service);
    assert.deepEqual(each(receiver, "contentType"), ["application/x-protobuf"]);
  });

  test("as JSON over HTTP by http/json", async (t) => {
    const receiver = await openReceiver(t);
    const { service } = await run(t, receiver.url, { OTEL_EXPORTER_OTLP_PROTOCOL: "http/json" });
    assertOrder(receiver);
    assertCounted(receiver, service);
    assert.deepEqual(each(receiver, "contentType"), ["application/json"]);
  });

  test("over gRPC by grpc, with its headers", async (t) => {
    const receiver = await openReceiver(t);
    const sink = await openGrpcSink(t, receiver);
    const { service } = await run(t, sink.url, {
      OTEL_EXPORTER_OTLP_PROTOCOL: "grpc",
      OTEL_EXPORTER_OTLP_HEADERS: "x-tenant=harbour",
    });
    assertOrder(receiver);
    assertCounted(receiver, service);
    assert.deepEqual([...new Set(sink.exports.map(({ pipeline }) => pipeline))].toSorted(), [
      "logs",
      "metrics",
      "traces",
    ]);
    for (const { metadata } of sink.exports) assert.equal(metadata["x-tenant"], "harbour");
  });

  test("by another protocol for one pipeline", async (t) => {
    const receiver = await openReceiver(t);
    const { service } = await run(t, receiver.url, { OTEL_EXPORTER_OTLP_LOGS_PROTOCOL: "http/json" });
    assertOrder(receiver);
    assertCounted(receiver, service);
    const types = new Set(receiver.requests().map(({ path, contentType }) => `${path} ${contentType}`));
    assert.deepEqual([...types].toSorted(), [
      "/v1/logs application/json",
      "/v1/metrics application/x-protobuf",
      "/v1/traces application/x-protobuf",
    ]);
  });

  for (const protocol of ["http/protobuf", "http/json"]) {
    test(`compressed by gzip (${protocol})`, async (t) => {
      const receiver = await openReceiver(t);
      const env = { OTEL_EXPORTER_OTLP_PROTOCOL: protocol, OTEL_EXPORTER_OTLP_COMPRESSION: "gzip" };
      const { service } = await run(t, receiver.url, env);
      assertOrder(receiver);
      assertCounted(receiver, service);
      assert.deepEqual(each(receiver, "contentEncoding"), ["gzip"]);
    });
  }

  test("with the headers of all pipelines and those of one", async (t) => {
    const receiver = await openReceiver(t);
    await run(t, receiver.url, {
      OTEL_EXPORTER_OTLP_HEADERS: "authorization=Bearer%20abc,x-tenant=harbour",
      OTEL_EXPORTER_OTLP_TRACES_HEADERS: "x-tenant=crane",
    });
    assertOrder(receiver);
    for (const { path, headers } of receiver.requests()) {
      const isTraces = path === "/v1/traces";
      assert.equal(headers["x-tenant"], isTraces ? "crane" : "harbour");
      assert.equal(headers.authorization, "Bearer abc");
    }
  });

  for (const protocol of ["http/protobuf", "grpc"]) {
    test(`without a header that is refused, which is told once and costs itself only (${protocol})`, async (t) => {
      const receiver = await openReceiver(t);
      const { url } = protocol === "grpc" ? await openGrpcSink(t, receiver) : receiver;
      const { service } = await run(t, url, {
        OTEL_EXPORTER_OTLP_PROTOCOL: protocol,
        OTEL_EXPORTER_OTLP_HEADERS: "no header=1,broken=a%0Ab,content-length=3,x-tenant=harbour",
        OTEL_EXPORTER_OTLP_COMPRESSION: "brotli",
      });
      assertOrder(receiver);
      assertCounted(receiver, service);
      const told = toldBy(service).filter(({ level }) => level === "warn");
      assert.deepEqual(
        told.map(({ telemetry, msg }) => `${telemetry}: ${msg.split(" ", 1)[0]}`),
        [
          "environment: OTEL_EXPORTER_OTLP_HEADERS",
          "environment: OTEL_EXPORTER_OTLP_HEADERS",
          "environment: OTEL_EXPORTER_OTLP_HEADERS",
          "environment: OTEL_EXPORTER_OTLP_COMPRESSION",
        ],
      );
    });
  }

  test("over TLS to whom OTEL_EXPORTER_OTLP_CERTIFICATE vouches for", async (t) => {
    const receiver = await openReceiver(t);
    const { url, certificate } = await openTlsFront(t, receiver);
    const { service } = await run(t, url, { OTEL_EXPORTER_OTLP_CERTIFICATE: certificate });
    assertOrder(receiver);
    assertCounted(receiver, service);
  });

  test("to the endpoint of each pipeline, whose path stays as it is", async (t) => {
    const receiver = await openReceiver(t);
    const traces = await openReceiver(t);
    await run(t, receiver.url, { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: `${traces.url}/v1/traces` });
    assert.equal(traces.spans().length, 3);
    assert.deepEqual([...new Set(traces.requests().map(({ path }) => path))], ["/v1/traces"]);
    assert.deepEqual(receiver.spans(), []);
    assert.ok(receiver.logs().length > 0 && receiver.metrics().length > 0);
  });
});

describe("a pipeline", () => {
  test("whose exporter is none is off, and the others are not", async (t) => {
    const receiver = await openReceiver(t);
    const { service, metrics } = await run(t, receiver.url, {
      OTEL_TRACES_EXPORTER: "none",
      OTEL_METRICS_EXPORTER: "none",
    });
    assert.deepEqual([receiver.spans(), receiver.metrics()], [[], []]);
    assert.ok(receiver.logs().some(({ body }) => body === "order placed"));
    assert.equal(metrics.status, 404);
    assert.match(toldBy(service, "start")[0]?.msg ?? "", /: traces and metrics off; logs to /);
  });

  test("of metrics whose exporter is prometheus is pulled and not pushed", async (t) => {
    const receiver = await openReceiver(t);
    const { metrics } = await run(t, receiver.url, { OTEL_METRICS_EXPORTER: "prometheus" });
    assert.deepEqual(receiver.metrics(), []);
    assert.equal(receiver.spans().length, 3);
    assert.equal(metrics.status, 200);
    assert.match(metrics.body, /^http_server_request_duration_seconds_count\{.*http_route="\/orders\/:id".*\} 1$/m);
  });

  test("whose exporter is the console is printed, and sent nowhere", async (t) => {
    const receiver = await openReceiver(t);
    const { service } = await run(t, receiver.url, {
      OTEL_TRACES_EXPORTER: "console",
      OTEL_METRICS_EXPORTER: "console",
      OTEL_LOGS_EXPORTER: "console",
    });
    assert.deepEqual(receiver.requests(), []);
    for (const printed of ["name: 'GET /orders/:id'", "'http.server.request.duration'", "body: 'order placed'"]) {
      assert.ok(service.stdout().includes(printed), `${printed} is not in ${service.stdout()}`);
    }
  });

  test("whose exporters are two is sent by both", async (t) => {
    const receiver = await openReceiver(t);
    const { service } = await run(t, receiver.url, { OTEL_TRACES_EXPORTER: "otlp,console" });
    assertOrder(receiver);
    assert.ok(service.stdout().includes("name: 'GET /orders/:id'"));
  });
});

describe("sampling", () => {
  const orders = 40;
  const flagsOf = ({ heard }: OtherServer): readonly (string | undefined)[] =>
    [...heard].map(([, { traceparent }]) => String(traceparent).split("-")[3]);

  async function orderMany(doors: Doors): Promise<void> {
    for (let id = 0; id < orders; id += 1) await ask(`${doors.app}/orders/${id}`);
  }

  test("by ratio keeps whole traces, says so to others, and all requests stay in the metrics", async (t) => {
    const receiver = await openReceiver(t);
    const env = { OTEL_TRACES_SAMPLER: "parentbased_traceidratio", OTEL_TRACES_SAMPLER_ARG: "0.5" };
    const { payments } = await run(t, receiver.url, env, orderMany);
    const servers = receiver.spans().filter(({ kind }) => kind === "server");
    assert.ok(servers.length > 0 && servers.length < orders, `${servers.length} of ${orders}`);
    assert.equal(receiver.spans().length, servers.length * 3);
    assert.equal(flagsOf(payments).filter((flags) => flags === "01").length, servers.length * 2);
    assert.equal(flagsOf(payments).filter((flags) => flags === "00").length, (orders - servers.length) * 2);
    const duration = receiver.metrics().findLast(({ name }) => name === "http.server.request.duration");
    assert.equal(duration?.points[0]?.count, orders);
  });

  test("follows the parent, and a log record has the ids of its request also where that is not sampled", async (t) => {
    const receiver = await openReceiver(t);
    const sampled = "0af7651916cd43dd8448eb211c80319c";
    const env = { OTEL_TRACES_SAMPLER: "parentbased_always_off" };
    await run(t, receiver.url, env, async ({ app }) => {
      await ask(`${app}/orders/1`);
      await ask(`${app}/orders/2`, { headers: { traceparent: `00-${sampled}-b7ad6b7169203331-01` } });
    });
    assert.deepEqual(new Set(receiver.spans().map(({ traceId }) => traceId)), new Set([sampled]));
    const placed = receiver.logs().filter(({ body }) => body === "order placed");
    assert.equal(placed.length, 2);
    for (const { traceId } of placed) assert.match(traceId ?? "", /^[\da-f]{32}$/);
  });
});

describe("propagation", () => {
  const traceId = "0af7651916cd43dd8448eb211c80319c";
  const parentId = "b7ad6b7169203331";

  test("by b3 reads it and writes it, and no traceparent", async (t) => {
    const receiver = await openReceiver(t);
    const { payments } = await run(t, receiver.url, { OTEL_PROPAGATORS: "b3" }, async ({ app }) => {
      await ask(`${app}/orders/7`, { headers: { b3: `${traceId}-${parentId}-1` } });
    });
    const server = receiver.spans().find(({ kind }) => kind === "server");
    assert.deepEqual([server?.traceId, server?.parentSpanId], [traceId, parentId]);
    for (const [asked, headers] of payments.heard) {
      assert.match(String(headers["b3"]), new RegExp(`^${traceId}-[\\da-f]{16}-1`), asked);
      assert.equal(headers.traceparent, undefined);
    }
  });

  test("carries trace state and baggage on", async (t) => {
    const receiver = await openReceiver(t);
    const { payments } = await run(t, receiver.url, {}, async ({ app }) => {
      const headers = {
        traceparent: `00-${traceId}-${parentId}-01`,
        tracestate: "vendor=1",
        baggage: "tenant=harbour",
      };
      await ask(`${app}/orders/7`, { headers });
    });
    assert.equal(payments.heard.size, 2);
    for (const [asked, headers] of payments.heard) {
      assert.deepEqual([headers["tracestate"], headers["baggage"]], ["vendor=1", "tenant=harbour"], asked);
    }
  });
});
