import assert from "node:assert/strict";
import { test } from "node:test";
import { getHeapStatistics } from "node:v8";
import { DataPointType } from "@opentelemetry/sdk-metrics";
import { observeHeapLimit } from "../../src/metrics/heap-limit.ts";
import { createMeter, disposeAfter } from "./meters.ts";

test("the limit of the heap is told in bytes, and what is used is below it", async (t) => {
  const { meter, reader } = createMeter();
  disposeAfter(t, observeHeapLimit(meter));
  const metric = (await reader.metrics()).get("seaworthy.heap.limit");
  assert.ok(metric?.dataPointType === DataPointType.SUM && !metric.isMonotonic);
  assert.equal(metric.descriptor.unit, "By");
  const { "": limit = 0 } = await reader.values("seaworthy.heap.limit");
  const { heap_size_limit: told, used_heap_size: used } = getHeapStatistics();
  assert.equal(limit, told);
  assert.ok(used < limit, `${used} ${limit}`);
});

test("disposed, it observes nothing more", async () => {
  const { meter, reader } = createMeter();
  observeHeapLimit(meter)[Symbol.dispose]();
  assert.deepEqual([...(await reader.metrics()).keys()], []);
});
