import assert from "node:assert/strict";
import { test } from "node:test";
import {
  AggregationTemporalityPreference,
  CumulativeTemporalitySelector,
  DeltaTemporalitySelector,
  LowMemoryTemporalitySelector,
} from "@opentelemetry/exporter-metrics-otlp-http";
import { InstrumentType } from "@opentelemetry/sdk-metrics";
import { temporalityOf } from "../../src/exporters/temporality.ts";

test("every instrument has the temporality that the exporters of OTLP give it", () => {
  const official = {
    [AggregationTemporalityPreference.DELTA]: DeltaTemporalitySelector,
    [AggregationTemporalityPreference.CUMULATIVE]: CumulativeTemporalitySelector,
    [AggregationTemporalityPreference.LOWMEMORY]: LowMemoryTemporalitySelector,
  } as const;
  for (const preference of [0, 1, 2] as const) {
    const types = Object.values(InstrumentType);
    assert.deepEqual(types.map(temporalityOf(preference)), types.map(official[preference]));
  }
});
