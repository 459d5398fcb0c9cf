import type { AggregationTemporalityPreference } from "@opentelemetry/exporter-metrics-otlp-http";
import {
  AggregationTemporality,
  type AggregationTemporalitySelector,
  InstrumentType,
} from "@opentelemetry/sdk-metrics";

/** The instruments whose sums start anew with each export, by the preference. */
const startAnew: Readonly<Record<AggregationTemporalityPreference, readonly InstrumentType[]>> = {
  0: [
    InstrumentType.COUNTER,
    InstrumentType.OBSERVABLE_COUNTER,
    InstrumentType.GAUGE,
    InstrumentType.OBSERVABLE_GAUGE,
    InstrumentType.HISTOGRAM,
  ],
  1: [],
  2: [InstrumentType.COUNTER, InstrumentType.HISTOGRAM],
};

/** What the exporters of OTLP say of their temporality, which is asked for before any of them is loaded. */
export const temporalityOf =
  (preference: AggregationTemporalityPreference): AggregationTemporalitySelector =>
  (type) =>
    startAnew[preference].includes(type) ? AggregationTemporality.DELTA : AggregationTemporality.CUMULATIVE;
