import assert from "node:assert/strict";
import { test } from "node:test";
import { MeterProvider } from "@opentelemetry/sdk-metrics";
import type { TelemetryNotice } from "../../src/channels.ts";
import { watchOverflow } from "../../src/metrics/overflow.ts";
import { TestReader } from "./meters.ts";

test("an instrument with very many series is told by name, once", async () => {
  const told: TelemetryNotice[] = [];
  const watch = watchOverflow((notice) => told.push(notice));
  const reader = new TestReader();
  const meter = new MeterProvider({ readers: [reader] }).getMeter("shop");
  const collect = async (): Promise<void> => watch((await reader.collect()).resourceMetrics);
  const [orders, carts] = [meter.createCounter("orders"), meter.createHistogram("carts")];
  const record = (from: number, to: number): void => {
    for (let id = from; id < to; id += 1) orders.add(1, { id });
  };
  for (let id = 0; id < 1_999; id += 1) carts.record(1, { id });
  record(0, 1_000);
  await collect();
  record(1_000, 1_999);
  await collect();
  assert.deepEqual(told, []);
  record(1_999, 2_010);
  await collect();
  await collect();
  assert.deepEqual(told, [
    {
      level: "warn",
      code: "pipeline",
      message:
        'The metric "orders" has 2000 series or more. All are kept and sent each time; of those that are new between ' +
        "two collections the SDK counts what is beyond 2000 together, in a series with otel.metric.overflow. Record it " +
        "with attributes that have few values, and none that is an id.",
    },
  ]);
});

test("an instrument that overflows at once is told, too", async () => {
  const told: TelemetryNotice[] = [];
  const watch = watchOverflow((notice) => told.push(notice));
  const reader = new TestReader();
  const orders = new MeterProvider({ readers: [reader] }).getMeter("shop").createCounter("orders");
  for (let id = 0; id < 5_000; id += 1) orders.add(1, { id });
  const { resourceMetrics } = await reader.collect();
  watch(resourceMetrics);
  assert.equal(resourceMetrics.scopeMetrics[0]?.metrics[0]?.dataPoints.length, 2_000);
  assert.equal(told.length, 1);
});
