import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { LogRecord, Span } from "../../src/index.ts";
import { colourful, plain } from "../../src/print/paint.ts";
import { traceLines } from "../../src/print/trace-tree.ts";
import { log, span } from "./arrivals.ts";

function draw(spans: readonly Span[], logs: readonly LogRecord[] = [], continued = false): string {
  const traceId = "0af7651916cd43dd8448eb211c80319c";
  return `\n${traceLines({ traceId, spans, logs, continued }, plain).join("\n")}\n`;
}

describe("a trace is drawn", () => {
  test("as a tree, with its log records and events where and when they happened", () => {
    const order = span("POST /orders", "a", {
      kind: "server",
      durationMs: 28.14,
      attributes: {
        "http.request.method": "POST",
        "http.route": "/orders",
        "url.path": "/orders",
        "http.response.status_code": 201,
      },
    });
    const insert = span("INSERT orders", "b", {
      parentSpanId: "a",
      kind: "client",
      startMs: 1,
      durationMs: 9.07,
      attributes: {
        "db.system.name": "postgresql",
        "db.namespace": "shop",
        "db.query.text": "INSERT INTO orders\n  (id) VALUES ($1)",
        "server.address": "db",
        "server.port": 5432,
      },
    });
    const charge = span("POST", "c", {
      parentSpanId: "a",
      kind: "client",
      startMs: 12,
      durationMs: 1_500,
      attributes: {
        "http.request.method": "POST",
        "url.full": "http://payments:8080/charge",
        "http.response.status_code": 402,
        "error.type": "402",
        "server.address": "payments",
      },
      events: [
        {
          name: "exception",
          timeMs: 14,
          attributes: {
            "exception.type": "PaymentError",
            "exception.message": "card refused",
            "exception.stacktrace": "PaymentError: card refused\n    at charge",
          },
          droppedAttributesCount: 0,
        },
      ],
      status: { code: "error", message: "card refused" },
    });
    const price = span("price the basket", "d", {
      parentSpanId: "c",
      startMs: 13,
      durationMs: 0.0839,
      attributes: { "basket.items": 3, "code.function.name": "price" },
    });
    const placed = log("order placed", { spanId: "a", timeMs: 11, attributes: { "order.id": 42, pid: 7 } });

    assert.equal(
      draw([price, charge, insert, order], [placed]),
      `
trace 0af7651916cd43dd8448eb211c80319c  orders
POST /orders            28.1 ms  server  201
├─ INSERT orders        9.07 ms  client  postgresql  shop  INSERT INTO orders (id) VALUES ($1)  db:5432
├─ INFO  order placed  order.id=42
└─ POST                   1.5 s  client  http://payments:8080/charge  402  ERROR
   ├─ price the basket  83.9 µs  internal  basket.items=3
   └─ · exception  PaymentError: card refused
`,
    );
  });

  test("with the other services that took part", () => {
    const payments = { resource: { "service.name": "payments" } };
    assert.equal(
      draw([
        span("POST /orders", "a", { kind: "server" }),
        span("POST", "b", { parentSpanId: "a", startMs: 1, kind: "client" }),
        span("POST /charge", "c", { parentSpanId: "b", startMs: 2, kind: "server", parentIsRemote: true, ...payments }),
        span("check", "d", { parentSpanId: "c", startMs: 3, ...payments }),
      ]),
      `
trace 0af7651916cd43dd8448eb211c80319c  orders
POST /orders        10 ms  server
└─ POST             10 ms  client
   └─ POST /charge  10 ms  server  in payments
      └─ check      10 ms  internal
`,
    );
  });

  test("with all that has no parent here at the left, in the order of time", () => {
    assert.equal(
      draw(
        [
          span("orphan", "a", { parentSpanId: "not here", startMs: 5 }),
          span("itself", "b", { parentSpanId: "b", startMs: 6 }),
          span("from afar", "c", { parentSpanId: "remote", parentIsRemote: true, startMs: 1 }),
        ],
        [log("of a span that is not here", { spanId: "gone", timeMs: 3 })],
        true,
      ),
      `
trace 0af7651916cd43dd8448eb211c80319c  orders  (continued)
from afar  10 ms  internal
INFO  of a span that is not here
orphan     10 ms  internal
itself     10 ms  internal
`,
    );
  });

  test("with a span once for each time it came, and its children once", () => {
    const twice = span("twice", "a");
    assert.equal(
      draw([twice, { ...twice }, span("child", "b", { parentSpanId: "a" })]),
      `
trace 0af7651916cd43dd8448eb211c80319c  orders
twice     10 ms  internal
└─ child  10 ms  internal
twice     10 ms  internal
`,
    );
  });

  test("with what a span is about, however its library calls that", () => {
    const attributes = {
      query: { "db.system": "mysql", "db.name": "shop", "db.statement": "select 1" },
      "GET carts": { "db.system.name": "redis", "db.operation.name": "GET", "db.collection.name": "carts" },
      "send orders": {
        "messaging.system": "kafka",
        "messaging.operation.name": "send",
        "messaging.destination.name": "orders",
      },
      "shop.Stock/Reserve": { "rpc.system": "grpc", "rpc.grpc.status_code": 14 },
      GET: { "http.request.method": "GET", "url.path": "/nowhere", "http.response.status_code": 404 },
      tailor: { a: 1, b: [1, "x"], c: { d: true }, e: 2n ** 60n, f: new Uint8Array([1, 255]) },
    };
    const spans = Object.entries(attributes).map(([name, own], index) =>
      span(name, String(index), { startMs: index, attributes: own }),
    );
    assert.equal(
      draw(spans),
      `
trace 0af7651916cd43dd8448eb211c80319c  orders
query               10 ms  internal  mysql  shop  select 1
GET carts           10 ms  internal  redis
send orders         10 ms  internal  kafka
shop.Stock/Reserve  10 ms  internal  grpc  14
GET                 10 ms  internal  /nowhere  404
tailor              10 ms  internal  a=1  b=[1,"x"]  c={"d":true}  e=1152921504606846976  and 1 more
`,
    );
  });

  test("with names that fit a line, and nothing that a terminal would obey", () => {
    const name = `\u001B[31mred\nalert ${"x".repeat(60)}`;
    assert.equal(
      draw([span(name, "a", { status: { code: "error", message: "bad\u0007\tthing" } })]),
      `
trace 0af7651916cd43dd8448eb211c80319c  orders
�[31mred alert ${"x".repeat(40)}…  10 ms  internal  ERROR bad� thing
`,
    );
  });

  test("in colours where they are asked for, and the same otherwise", () => {
    const spans = [
      span("a", "a", { status: { code: "error", message: "" } }),
      span("b", "b", { parentSpanId: "a", startMs: 1 }),
    ];
    const logs = [log("said", { spanId: "b", severityNumber: 13 })];
    const lines = traceLines({ traceId: "t", spans, logs, continued: false }, colourful);
    assert.deepEqual(lines, [
      "\u001B[1mtrace t  orders\u001B[22m",
      "a     10 ms  internal  \u001B[31mERROR\u001B[39m",
      "\u001B[90m└─ \u001B[39mb  10 ms  internal",
      "\u001B[90m   └─ \u001B[39m\u001B[33mWARN\u001B[39m  said",
    ]);
  });
});
