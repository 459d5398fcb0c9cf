import { getHeapStatistics } from "node:v8";
import type { Meter } from "@opentelemetry/api";
import { observeBatch } from "./observe-batch.ts";

/**
 * Observes how large V8's heap may become, for which the conventions have no name: `seaworthy.heap.limit`, By. What is
 * used of it is the sum of `v8js.memory.heap.used`; at the limit V8 ends the process.
 */
export function observeHeapLimit(meter: Meter): Disposable {
  const limit = meter.createObservableUpDownCounter("seaworthy.heap.limit", {
    unit: "By",
    description: "The most memory that V8's heap may use.",
  });
  return observeBatch(meter, [limit], (result) => result.observe(limit, getHeapStatistics().heap_size_limit));
}
