import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { ask } from "../harness/ask.ts";
import { root } from "../run/workspaces.ts";
import { openReceiver } from "../telemetry/service.ts";
import { doorsOf, npmStart, readExample, startExample, telemetryOn } from "./example.ts";

const order = (app: string, item = "rope"): Promise<{ status: number }> =>
  ask(`http://${app}/orders`, {
    method: "POST",
    body: JSON.stringify({ item }),
    headers: { "content-type": "application/json" },
  });

/** The trace id in the line that pino wrote for an order. */
const placed = /"trace_id":"([0-9a-f]{32})",.*"msg":"order placed"/;
const refused = /"trace_id":"([0-9a-f]{32})",.*"msg":"payment refused"/;

// Drawn by the receiver. What the payment service sends on its own comes in time, unless the machine is busy:
//
//   trace 9c3708f54c6ea9a5d1fa6ae0b5e0a5a1  orders
//   POST /orders  48.4 ms  server  201
//   ├─ POST       32.7 ms  client  http://localhost:37281/charges  204
//   │  └─ POST    14.1 ms  server  /charges  204  in payments
//   └─ INFO  order placed  order={"id":1,"item":"rope"}
const tree = (traceId: string | undefined, status: number, payment: string, line: string): RegExp =>
  new RegExp(
    [
      `^trace ${traceId}  orders$`,
      `^POST /orders +\\S+ m?s  server  ${status}$`,
      `^├─ POST +\\S+ m?s  client  http://localhost:\\d+/charges  ${payment}$`,
      `(?:^│  └─ POST +\\S+ m?s  server  /charges  \\d+  in payments$\n)?^└─ ${line}`,
    ].join("\n"),
    "m",
  );

describe("npm start", () => {
  test("prints an order's trace, its log line with the same trace id, and its metrics", async (t) => {
    const terminal = npmStart(t, root, telemetryOn);
    const [, port] = await terminal.until(/orders service listens on http:\/\/localhost:(\d+)/);
    assert.equal((await order(`localhost:${port}`)).status, 201);
    const [, traceId] = await terminal.until(placed);
    await terminal.until(tree(traceId, 201, "204", 'INFO  order placed  order=\\{"id":1,"item":"rope"\\}$'));
    await terminal.until(/POST +\S+ m?s  server  \/charges  204/);
    await terminal.until(/^ {2}orders\.placed +1 \{order\}$/m);
    await terminal.until(
      /^ {2}http\.server\.request\.duration\{method=POST, status_code=201, route=\/orders\} +count 1 /m,
    );

    assert.equal((await order(`localhost:${port}`, "gold")).status, 402);
    const [, refusedId] = await terminal.until(refused);
    assert.notEqual(refusedId, traceId);
    await terminal.until(tree(refusedId, 402, "402  ERROR", "WARN  payment refused  item=gold$"));

    terminal.pressCtrlC();
    assert.deepEqual(await terminal.ended, { code: 0, signal: null }, terminal.output());
    assert.match(terminal.output(), /Stopped .* exit 0: .* 4 of 4 hooks done; telemetry: [^,]* spans sent/);
  });

  // Every process holds the streams open that are read here: what has ended has left nobody behind.
  for (const osSignal of ["SIGINT", "SIGTERM"] as const) {
    test(`prints the trace of the last order after ${osSignal}, and ends with 0 and all it has started`, async (t) => {
      const service = startExample(t, readExample("express"), telemetryOn);
      const { app } = await doorsOf(service);
      assert.equal((await order(app)).status, 201);
      const [, traceId] = await service.until(placed);
      service.kill(osSignal);
      assert.deepEqual(await service.ended, { code: 0, signal: null }, service.stderr());
      assert.match(service.stdout(), tree(traceId, 201, "204", "INFO  order placed"));
      assert.match(service.stdout(), /POST +\S+ m?s  server  \/charges  204/);
    });
  }

  test("takes all it has started with it when it is killed", async (t) => {
    const service = startExample(t, readExample("express"), telemetryOn);
    await doorsOf(service);
    service.kill("SIGKILL");
    assert.deepEqual(await service.ended, { code: null, signal: "SIGKILL" });
    assert.match(service.stderr(), /Stopped .* exit 0/);
  });

  test("takes another port for its receiver where a Collector has that one, and says so", async (t) => {
    const collector = await openReceiver(t);
    const port = String(collector.port);
    const service = startExample(t, readExample("express"), { ...telemetryOn, OTLP_RECEIVER_PORT: port });
    await service.until(new RegExp(`^Port ${port} is taken\\..*\nReceiving telemetry at http://127\\.0\\.0\\.1:`, "m"));
    const { app } = await doorsOf(service);
    await order(app);
    const [, traceId] = await service.until(placed);
    await service.until(tree(traceId, 201, "204", "INFO  order placed"));
    service.kill("SIGTERM");
    assert.deepEqual(await service.ended, { code: 0, signal: null }, service.stderr());
    assert.deepEqual(collector.requests(), []);
  });

  test("sends to a Collector that the environment names, and opens no receiver", async (t) => {
    const collector = await openReceiver(t);
    const env = { ...telemetryOn, OTEL_EXPORTER_OTLP_ENDPOINT: collector.url };
    const service = startExample(t, readExample("express"), env);
    const { app } = await doorsOf(service);
    await order(app);
    service.kill("SIGTERM");
    assert.deepEqual(await service.ended, { code: 0, signal: null }, service.stderr());
    assert.match(service.stdout(), new RegExp(`^Telemetry goes to ${collector.url}\\.$`, "m"));
    assert.doesNotMatch(service.stdout(), /Receiving/);
    const request = collector.spans().find(({ name }) => name === "POST /orders");
    assert.ok(request);
    const found = collector.spans().filter(({ traceId }) => traceId === request.traceId);
    const services = Object.groupBy(found, ({ resource }) => resource["service.name"] as string);
    assert.deepEqual([services["orders"]?.length, services["payments"]?.length], [2, 1]);
  });
});
