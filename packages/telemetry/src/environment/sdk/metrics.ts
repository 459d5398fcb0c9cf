import type { AggregationTemporalityPreference } from "@opentelemetry/exporter-metrics-otlp-http";
import {
  type AggregationOption,
  type AggregationSelector,
  AggregationType,
  InstrumentType,
  type PeriodicExportingMetricReaderOptions,
} from "@opentelemetry/sdk-metrics";
import type { OtelSettings } from "../settings.ts";

/** The options of `PeriodicExportingMetricReader`, but for its exporter. */
export const readerOptionsOf = ({
  metrics: { intervalMs, timeoutMs },
}: Pick<OtelSettings, "metrics">): Required<
  Pick<PeriodicExportingMetricReaderOptions, "exportIntervalMillis" | "exportTimeoutMillis">
> => ({ exportIntervalMillis: intervalMs, exportTimeoutMillis: timeoutMs });

/** What the exporters of metrics over OTLP take beside where to send. */
export interface MetricExporterOptions {
  readonly temporalityPreference: AggregationTemporalityPreference;
  readonly aggregationPreference: AggregationSelector;
}

/** The numbers of `AggregationTemporalityPreference`, whose module is loaded only with the protocol that has it. */
const temporalities = { delta: 0, cumulative: 1, lowmemory: 2 } as const;

/**
 * How pushed metrics are kept. The exporter hands both on to its reader, so that a reader beside it, such as that of
 * `/metrics`, keeps cumulative sums and explicit buckets.
 */
export function metricExporterOptionsOf({
  metrics: { temporality, histogram },
}: Pick<OtelSettings, "metrics">): MetricExporterOptions {
  const isExponential = histogram === "base2_exponential_bucket_histogram";
  return {
    temporalityPreference: temporalities[temporality],
    aggregationPreference: (type) => (isExponential && type === InstrumentType.HISTOGRAM ? exponential : usual),
  };
}

const exponential: AggregationOption = { type: AggregationType.EXPONENTIAL_HISTOGRAM };
const usual: AggregationOption = { type: AggregationType.DEFAULT };
