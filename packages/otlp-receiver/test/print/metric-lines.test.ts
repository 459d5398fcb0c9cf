import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { createMetricLines } from "../../src/print/metric-lines.ts";
import { metric, point } from "./arrivals.ts";

const attributes = {
  "http.request.method": "POST",
  "http.route": "/orders",
  "http.response.status_code": 201,
  "url.scheme": "http",
};

describe("metrics are printed", () => {
  test("one line for each series, with its unit, and only what has changed", () => {
    const lines = createMetricLines(false);
    const duration = (count: number, sum: number) =>
      metric("http.server.request.duration", "histogram", {
        unit: "s",
        points: [point({ attributes, count, sum, min: 0.002, max: 0.05 })],
      });
    const placed = (value: number) =>
      metric("orders.placed", "sum", { unit: "{order}", monotonic: true, points: [point({ value })] });
    const open = (value: number) => metric("orders.open", "sum", { monotonic: false, points: [point({ value })] });
    const cache = (value: number) => metric("cache.size", "gauge", { unit: "By", points: [point({ value })] });

    assert.deepEqual(lines.of([duration(1, 0.0124), placed(1), open(1), cache(1_572_864)]), [
      "metrics  orders",
      "  http.server.request.duration{method=POST, route=/orders, status_code=201}  count 1  mean 12.4 ms",
      "  orders.placed                                                              1 {order}",
      "  orders.open                                                                1",
      "  cache.size                                                                 1.5 MiB",
    ]);
    assert.deepEqual(lines.of([duration(1, 0.0124), placed(1), open(1), cache(1_572_865)]), []);
    assert.deepEqual(lines.of([duration(3, 0.06), placed(3), open(0), cache(3_145_728)]), [
      "metrics  orders",
      "  http.server.request.duration{method=POST, route=/orders, status_code=201}  " +
        "count 3 (+2)  mean 20 ms  min 2 ms  max 50 ms",
      "  orders.placed                                                              3 {order} (+2 {order})",
      "  orders.open                                                                0 (-1)",
      "  cache.size                                                                 3 MiB",
    ]);
  });

  test("as what they add when they tell changes, and from the start when they start again", () => {
    const lines = createMetricLines(false);
    const calls = (value: number) =>
      metric("calls", "sum", { temporality: "delta", monotonic: true, points: [point({ value })] });
    const latency = (count: number, sum: number) =>
      metric("latency", "exponentialHistogram", { unit: "ms", temporality: "delta", points: [point({ count, sum })] });
    const total = (value: number) => metric("total", "sum", { monotonic: true, points: [point({ value })] });
    const text = (...values: [number, number, number]) =>
      lines.of([calls(values[0]), latency(values[1], 30), total(values[2])]).slice(1);
    assert.deepEqual(text(2, 2, 5), ["  calls    +2", "  latency  count +2  mean 15 ms", "  total    5"]);
    assert.deepEqual(text(2, 0, 5), ["  calls  +2"]);
    assert.deepEqual(text(0, 1, 1), ["  latency  count +1  mean 30 ms", "  total    1"]);
  });

  test("with the quantiles of a summary", () => {
    const quantiles = [
      { quantile: 0.5, value: 0.0012 },
      { quantile: 0.99, value: 3 },
    ];
    const summary = metric("wait", "summary", { unit: "s", points: [point({ count: 4, sum: 6, quantiles })] });
    assert.deepEqual(createMetricLines(false).of([summary]), [
      "metrics  orders",
      "  wait  count 4  mean 1.5 s  p50 1.2 ms  p99 3 s",
    ]);
  });

  test("with whole names of attributes where their last parts are the same", () => {
    const points = [point({ value: 1, attributes: { "a.name": "x", "b.name": "y" } })];
    assert.deepEqual(createMetricLines(false).of([metric("m", "gauge", { points })]), [
      "metrics  orders",
      "  m{a.name=x, b.name=y}  1",
    ]);
  });

  test("not at all where a point says that it has no value", () => {
    const points = [point({ value: 0, flags: 1 }), point({ value: undefined, attributes: { a: 1 } })];
    assert.deepEqual(createMetricLines(false).of([metric("m", "gauge", { points })]), []);
  });

  test("those of the runtime only as a number, once, unless they are asked for", () => {
    const heap = metric("v8js.memory.heap.used", "gauge", { unit: "By", points: [point({ value: 1024 })] });
    const cpu = metric("process.cpu.utilization", "gauge", { unit: "1", points: [point({ value: 0.1234 })] });
    const lines = createMetricLines(false);
    assert.deepEqual(lines.of([heap, cpu]), ["metrics  orders", "  and 2 series of process.*, v8js.*, not shown"]);
    assert.deepEqual(lines.of([heap, cpu]), []);
    assert.deepEqual(createMetricLines(true).of([heap, cpu]), [
      "metrics  orders",
      "  v8js.memory.heap.used    1 KiB",
      "  process.cpu.utilization  0.123",
    ]);
  });

  test("each service by itself", () => {
    const lines = createMetricLines(false);
    const one = metric("m", "gauge", { points: [point({ value: 1 })] });
    assert.deepEqual(lines.of([one, { ...one, resource: { "service.name": "payments" } }]), [
      "metrics  orders",
      "  m  1",
      "metrics  payments",
      "  m  1",
    ]);
  });
});
