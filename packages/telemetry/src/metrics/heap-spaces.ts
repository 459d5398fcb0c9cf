import { getHeapSpaceStatistics } from "node:v8";
import type { Attributes, Meter, ObservableUpDownCounter } from "@opentelemetry/api";
import { observeBatch } from "./observe-batch.ts";

/**
 * Observes the spaces of V8's heap, in bytes by `v8js.heap.space.name`: `v8js.memory.heap.used` and
 * `v8js.memory.heap.space.size`, `.available_size` and `.physical_size`.
 */
export function observeHeapSpaces(meter: Meter): Disposable {
  const bytes = (name: string, description: string): ObservableUpDownCounter =>
    meter.createObservableUpDownCounter(`v8js.memory.heap.${name}`, { unit: "By", description });
  const size = bytes("space.size", "Total heap memory size pre-allocated for a heap space.");
  const used = bytes("used", "Heap Memory size allocated.");
  const available = bytes("space.available_size", "Heap space available size.");
  const physical = bytes("space.physical_size", "Committed size of a heap space.");

  return observeBatch(meter, [size, used, available, physical], (result) => {
    for (const space of getHeapSpaceStatistics()) {
      const attributes: Attributes = { "v8js.heap.space.name": space.space_name };
      result.observe(size, space.space_size, attributes);
      result.observe(used, space.space_used_size, attributes);
      result.observe(available, space.space_available_size, attributes);
      result.observe(physical, space.physical_space_size, attributes);
    }
  });
}
