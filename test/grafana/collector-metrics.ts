import type { Families } from "./exposition.ts";

/**
 * What of a Collector's own metrics the dashboards ask for by name, with the labels that they go by. Held against a
 * running Collector where there is one; see collector.test.ts.
 */
export const collectorMetrics: Families = new Map([
  ["otelcol_exporter_queue_capacity", new Set(["exporter"])],
  ["otelcol_process_cpu_seconds_total", new Set<string>()],
  ["otelcol_process_memory_rss_bytes", new Set<string>()],
  ["otelcol_process_uptime_seconds_total", new Set<string>()],
  ["otelcol_processor_incoming_items_total", new Set(["processor", "otel_signal"])],
  ["otelcol_processor_outgoing_items_total", new Set(["processor", "otel_signal"])],
]);
