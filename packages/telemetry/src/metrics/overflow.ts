import type { ResourceMetrics } from "@opentelemetry/sdk-metrics";
import type { Tell } from "../channels.ts";

/** How many series of an instrument the SDK lets come between two collections, the one for all further ones included. */
const mostSeries = 2_000;

/**
 * Makes what looks through each collection for instruments with very many series, and tells of each once: of cumulative
 * metrics every series stays for as long as the process does, since the SDK's own limit counts anew after a collection.
 */
export function watchOverflow(tell: Tell): (collected: ResourceMetrics) => void {
  const told = new Set<string>();
  return ({ scopeMetrics }) => {
    for (const { metrics } of scopeMetrics) {
      for (const { descriptor, dataPoints } of metrics) {
        if (dataPoints.length < mostSeries || told.has(descriptor.name)) continue;
        told.add(descriptor.name);
        const message =
          `The metric "${descriptor.name}" has ${mostSeries} series or more. All are kept and sent each time; of those that ` +
          `are new between two collections the SDK counts what is beyond ${mostSeries} together, in a series with ` +
          "otel.metric.overflow. Record it with attributes that have few values, and none that is an id.";
        tell({ level: "warn", code: "pipeline", message });
      }
    }
  };
}
