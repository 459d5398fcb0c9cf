import assert from "node:assert/strict";
import { relative } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { type TestContext, after, before, describe, test } from "node:test";
import type { Receiver } from "@seaworthy/otlp-receiver";
import { ask } from "../harness/ask.ts";
import { type RunningProcess, startProcess } from "../harness/process.ts";
import { openGrpcSink } from "../telemetry/grpc-sink.ts";
import { openReceiver, strayLines } from "../telemetry/service.ts";
import { type Consumer, createConsumer } from "./consumer.ts";
import { type Packed, packAll } from "./pack.ts";
import { openPostgres } from "./postgres.ts";

interface Way {
  readonly fixture: string;
  readonly flags?: readonly string[];
  readonly args?: readonly string[];
}

const ways: Readonly<Record<string, Way>> = {
  "required by CommonJS": { fixture: "orders.cjs", args: ["line"] },
  "imported by an ES module": { fixture: "orders.mjs", args: ["line"] },
  "under --require": { fixture: "orders.cjs", flags: ["--require", "seaworthy/register"] },
  "under --import": { fixture: "orders.mjs", flags: ["--import", "seaworthy/register"] },
};

describe("what is published, in a user's folder", () => {
  let packed: Packed;
  let consumer: Consumer;
  before(async () => {
    packed = await packAll();
    consumer = createConsumer(packed);
    consumer.use("express", "pg", "pino");
    for (const fixture of ["orders.cjs", "orders.mjs", "line.mjs", "count-files.cjs"]) consumer.copy(fixture);
  });
  after(() => packed[Symbol.dispose]());

  async function startOrders(
    t: TestContext,
    { fixture, flags = [], args = [] }: Way,
    env: Readonly<Record<string, string>>,
  ): Promise<RunningProcess> {
    return startProcess(t, pathToFileURL(consumer.folder), {
      command: [process.execPath, ...flags, fixture, ...args],
      cwd: consumer.folder,
      env: {
        OTEL_SDK_DISABLED: "false",
        OTEL_SERVICE_NAME: "orders",
        SEAWORTHY_LOG: "json",
        SEAWORTHY_DRAIN_WINDOW_MIN_MS: "0",
        SEAWORTHY_DRAIN_WINDOW_QUIET_MS: "0",
        SEAWORTHY_LINGER_MS: "50",
        PGPORT: String(await openPostgres(t)),
        ...env,
      },
    });
  }

  /** Has one order looked up, ends the service, and looks at what came. */
  async function isTold(receiver: Receiver, service: RunningProcess): Promise<void> {
    const [, port] = await service.until(/port (\d+)/);
    assert.equal((await ask(`http://127.0.0.1:${port}/orders/7`)).status, 200);
    service.kill("SIGTERM");
    assert.deepEqual(await service.ended, { code: 0, signal: null }, service.stderr());

    const spans = receiver.spans();
    const order = spans.find(({ name }) => name === "GET /orders/:id");
    assert.ok(order, `expected the span of an order, got ${spans.map(({ name }) => name).join(", ") || "none"}`);
    assert.equal(order.attributes["http.route"], "/orders/:id");
    const query = spans.find(({ parentSpanId }) => parentSpanId === order.spanId);
    assert.match(query?.name ?? "none", /SELECT|pg\.query/i);
    const line = receiver.logs().find(({ body }) => body === "order looked up");
    assert.deepEqual([line?.traceId, line?.spanId], [order.traceId, order.spanId]);
    const written = service.stdout().match(/^\{.*"order looked up".*\}$/m)?.[0] ?? "{}";
    assert.equal((JSON.parse(written) as { readonly trace_id?: string }).trace_id, order.traceId);
    assert.ok(receiver.metrics().some(({ name }) => name === "http.server.request.duration"));
    assert.deepEqual(strayLines(service), [], "expected no warning");
    assert.deepEqual(
      service.log().filter(({ level }) => level !== "info"),
      [],
    );
  }

  for (const [title, way] of Object.entries(ways)) {
    test(`tells of a request, its query and its log line, ${title}, and warns of nothing`, async (t) => {
      const receiver = await openReceiver(t);
      await isTold(receiver, await startOrders(t, way, { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url }));
    });
  }

  test("speaks http/json", async (t) => {
    const receiver = await openReceiver(t);
    const service = await startOrders(t, ways["required by CommonJS"] as Way, {
      OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
      OTEL_EXPORTER_OTLP_PROTOCOL: "http/json",
    });
    await isTold(receiver, service);
    assert.ok(receiver.requests().every(({ contentType }) => contentType === "application/json"));
  });

  test("speaks gRPC", async (t) => {
    const receiver = await openReceiver(t);
    const sink = await openGrpcSink(t, receiver);
    const service = await startOrders(t, ways["imported by an ES module"] as Way, {
      OTEL_EXPORTER_OTLP_ENDPOINT: sink.url,
      OTEL_EXPORTER_OTLP_PROTOCOL: "grpc",
    });
    await isTold(receiver, service);
    assert.deepEqual(new Set(sink.exports.map(({ pipeline }) => pipeline)), new Set(["traces", "metrics", "logs"]));
  });

  test("loads at most ten files of its own before the first export", async (t) => {
    consumer.write(
      "small.cjs",
      `require("seaworthy").start({ name: "small" });
      const server = require("express")().listen(0, () => console.log("port " + server.address().port));`,
    );
    const way = { fixture: "small.cjs", flags: ["--require", "./count-files.cjs"] };
    // A span is first sent after five seconds, a metric after a minute.
    const service = await startOrders(t, way, { OTEL_EXPORTER_OTLP_ENDPOINT: "http://127.0.0.1:1" });
    await service.until(/Probes are answered/);
    await service.until(/port \d+/);
    service.kill("SIGUSR2");
    const [, list = "[]"] = await service.until(/^loaded (.+)$/m);
    const files = (JSON.parse(list) as string[]).map((url) => relative(consumer.folder, fileURLToPath(url)));
    const own = files.filter((file) => /^node_modules\/(@seaworthy|seaworthy)\//.test(file));
    const api = files.filter((file) => file.startsWith("node_modules/@opentelemetry/api/"));
    console.log(`figure: ${own.length} files of ours loaded, and ${api.length} of @opentelemetry/api`);
    assert.ok(own.length > 0 && own.length <= 10, `expected at most 10 files, got ${own.join(", ")}`);
    assert.ok(api.length > 0 && api.every((file) => file.endsWith(".cjs")), "expected the API's CommonJS, once");
  });

  for (const fixture of ["early-tracer.cjs", "early-tracer.mjs"]) {
    test(`records with a tracer that was taken before it was started (${fixture})`, async (t) => {
      consumer.copy(fixture);
      const service = await startOrders(t, { fixture }, { OTEL_EXPORTER_OTLP_ENDPOINT: "http://127.0.0.1:1" });
      assert.deepEqual(await service.ended, { code: 0, signal: null }, service.stderr());
      assert.match(service.stdout(), /^recording true$/m);
    });
  }
});
