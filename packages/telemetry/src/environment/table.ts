import { batch, exporter, limits, otlp } from "./groups.ts";
import * as known from "./known.ts";
import { flag, instrumentationNames, listOf, milliseconds, oneOf, ratio, text, timeout, whole } from "./readers.ts";
import { resourceAttributes } from "./resource-attributes.ts";
import { type Table, row } from "./row.ts";
import type { OtelVariables } from "./settings.ts";

/**
 * Every variable that is honoured. Read it as: where the value goes, then the variable, how it reads, its default, and
 * what it does here. Those that are refused, and why, are in `refused.ts`.
 */
export const otelTable: Table<OtelVariables> = {
  disabled: row("OTEL_SDK_DISABLED", flag, false, "`true` turns all telemetry off; propagators stay as they are"),
  logLevel: row("OTEL_LOG_LEVEL", oneOf(known.logLevels), "info", "how much the SDK says of itself"),
  serviceName: row(
    "OTEL_SERVICE_NAME",
    text,
    undefined,
    "`service.name`, unless the code gives one",
    "the name in `package.json`, then that of the workload",
  ),
  resourceAttributes: row(
    "OTEL_RESOURCE_ATTRIBUTES",
    resourceAttributes,
    {},
    "attributes of the resource, over what is detected; a pair that does not read costs itself only",
    "none",
  ),
  resourceDetectors: row(
    "OTEL_NODE_RESOURCE_DETECTORS",
    listOf(known.detectors),
    undefined,
    "which detectors run; `aws`, `azure`, `gcp` and `alibaba` ask the cloud, and run only when named",
    "`all`, which has none that asks a cloud",
  ),
  propagators: row(
    "OTEL_PROPAGATORS",
    listOf(known.propagators),
    ["tracecontext", "baggage"],
    "how context travels: `tracecontext`, `baggage`, `b3`, `b3multi`, `none`",
  ),
  sampler: {
    name: row("OTEL_TRACES_SAMPLER", oneOf(known.samplers), "parentbased_always_on", "which traces are kept"),
    ratio: row(
      "OTEL_TRACES_SAMPLER_ARG",
      ratio,
      1,
      "the part that is kept, from 0 to 1, by the samplers that go by a ratio",
    ),
  },
  exporters: {
    traces: exporter("TRACES", known.exporters, ["otlp"], "`otlp`, `console`, `none`, or a list"),
    metrics: exporter(
      "METRICS",
      known.metricExporters,
      ["otlp", "prometheus"],
      "`otlp`, `prometheus` (`/metrics` on the probe port), `console`, `none`, or a list",
    ),
    logs: exporter("LOGS", known.exporters, ["otlp"], "`otlp`, `console`, `none`, or a list"),
  },
  otlp: { all: otlp(""), traces: otlp("TRACES_"), metrics: otlp("METRICS_"), logs: otlp("LOGS_") },
  metrics: {
    intervalMs: row("OTEL_METRIC_EXPORT_INTERVAL", milliseconds(1), 60_000, "time between two pushes, in milliseconds"),
    timeoutMs: row("OTEL_METRIC_EXPORT_TIMEOUT", timeout, 30_000, "how long a push may take; at most the interval"),
    temporality: row(
      "OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE",
      oneOf({ names: ["cumulative", "delta", "lowmemory"] }),
      "cumulative",
      "since when pushed sums count: `cumulative`, `delta`, `lowmemory`",
    ),
    histogram: row(
      "OTEL_EXPORTER_OTLP_METRICS_DEFAULT_HISTOGRAM_AGGREGATION",
      oneOf({ names: ["explicit_bucket_histogram", "base2_exponential_bucket_histogram"] }),
      "explicit_bucket_histogram",
      "how pushed histograms are kept; those of `/metrics` have explicit buckets",
    ),
  },
  batch: { spans: batch("BSP", "spans", 5_000), logs: batch("BLRP", "log records", 1_000) },
  limits: {
    attributes: limits("ATTRIBUTE", "whatever has attributes", "`128`", "no limit"),
    spans: {
      ...limits(
        "SPAN_ATTRIBUTE",
        "a span",
        "as `OTEL_ATTRIBUTE_COUNT_LIMIT`",
        "as `OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT`",
      ),
      eventCount: row("OTEL_SPAN_EVENT_COUNT_LIMIT", whole(), 128, "how many events a span keeps"),
      linkCount: row("OTEL_SPAN_LINK_COUNT_LIMIT", whole(), 128, "how many links a span keeps"),
      attributesPerEvent: row("OTEL_EVENT_ATTRIBUTE_COUNT_LIMIT", whole(), 128, "how many attributes an event keeps"),
      attributesPerLink: row("OTEL_LINK_ATTRIBUTE_COUNT_LIMIT", whole(), 128, "how many attributes a link keeps"),
    },
    logs: limits(
      "LOGRECORD_ATTRIBUTE",
      "a log record",
      "as `OTEL_ATTRIBUTE_COUNT_LIMIT`",
      "as `OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT`",
    ),
  },
  instrumentations: {
    enabled: row(
      "OTEL_NODE_ENABLED_INSTRUMENTATIONS",
      instrumentationNames,
      undefined,
      "only these record, by their short names, such as `http,pg`; `http`, `undici` and `runtime-node` among them",
      "the usual ones",
    ),
    disabled: row(
      "OTEL_NODE_DISABLED_INSTRUMENTATIONS",
      instrumentationNames,
      [],
      "these do not record: libraries, `http` (servers and clients), `undici` (`fetch`, too), `runtime-node`",
      "none",
    ),
    httpMethods: row(
      "OTEL_INSTRUMENTATION_HTTP_KNOWN_METHODS",
      known.httpMethods,
      undefined,
      "HTTP methods that are not counted as `_OTHER`",
      "those of the conventions",
    ),
  },
};
