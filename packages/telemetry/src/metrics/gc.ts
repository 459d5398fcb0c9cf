import { type PerformanceEntry, PerformanceObserver, constants } from "node:perf_hooks";
import type { Attributes, Meter } from "@opentelemetry/api";

/** What Node tells of a collection of garbage. */
interface GcEntry extends PerformanceEntry {
  readonly detail?: { readonly kind?: number };
}

/** By the kind that a performance entry has; made once, since they are handed over at every collection of garbage. */
const attributesOf: ReadonlyMap<unknown, Attributes> = new Map([
  [constants.NODE_PERFORMANCE_GC_MINOR, { "v8js.gc.type": "minor" }],
  // Minor mark-sweep, which V8 runs in the place of scavenges where it is asked to.
  [2, { "v8js.gc.type": "minor" }],
  [constants.NODE_PERFORMANCE_GC_MAJOR, { "v8js.gc.type": "major" }],
  [constants.NODE_PERFORMANCE_GC_INCREMENTAL, { "v8js.gc.type": "incremental" }],
  [constants.NODE_PERFORMANCE_GC_WEAKCB, { "v8js.gc.type": "weakcb" }],
]);

/**
 * Records how long garbage collections took: the histogram `v8js.gc.duration`, in seconds, by `v8js.gc.type`. Node
 * tells of them in batches while the loop is idle; a busy process has some tens of them a second.
 */
export function observeGc(meter: Meter): Disposable {
  const duration = meter.createHistogram("v8js.gc.duration", {
    unit: "s",
    description: "Garbage collection duration.",
    advice: { explicitBucketBoundaries: [0.01, 0.1, 1, 10] },
  });
  const observer = new PerformanceObserver((list) => {
    for (const entry of list.getEntries() as readonly GcEntry[]) {
      const attributes = attributesOf.get(entry.detail?.kind);
      if (attributes) duration.record(entry.duration / 1e3, attributes);
    }
  });
  observer.observe({ entryTypes: ["gc"] });
  return { [Symbol.dispose]: () => observer.disconnect() };
}
