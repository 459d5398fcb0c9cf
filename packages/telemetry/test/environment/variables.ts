import type { OtelSettings, Pipeline } from "../../src/environment/settings.ts";

/** What a variable does when it reads, and when it does not. */
export interface VariableCase {
  readonly variable: string;
  /** What it sets. */
  readonly of: (settings: OtelSettings) => unknown;
  readonly good: readonly [value: string, reads: unknown];
  readonly bad: readonly [value: string, stays: unknown];
  /** What else has to be set for it to count. */
  readonly beside?: Readonly<Record<string, string>>;
}

const cases: Readonly<Record<string, Omit<VariableCase, "variable">>> = {
  OTEL_SDK_DISABLED: { of: (s) => s.disabled, good: ["TRUE", true], bad: ["1", false] },
  OTEL_LOG_LEVEL: { of: (s) => s.logLevel, good: ["DEBUG", "debug"], bad: ["loud", "info"] },
  OTEL_SERVICE_NAME: { of: (s) => s.serviceName, good: ["orders", "orders"], bad: ['"orders"', "orders"] },
  OTEL_RESOURCE_ATTRIBUTES: {
    of: (s) => s.resourceAttributes,
    good: ["team=a%20b,tier=1", { team: "a b", tier: "1" }],
    bad: ["team,tier=1", { tier: "1" }],
  },
  OTEL_NODE_RESOURCE_DETECTORS: {
    of: (s) => s.resourceDetectors,
    good: ["host, k8s,host", ["host", "k8s"]],
    bad: ["hots,k8s", ["k8s"]],
  },
  OTEL_PROPAGATORS: {
    of: (s) => s.propagators,
    good: ["b3,tracecontext,b3", ["b3", "tracecontext"]],
    bad: ["jaeger", ["tracecontext", "baggage"]],
  },
  OTEL_TRACES_SAMPLER: {
    of: (s) => s.sampler.name,
    good: ["always_off", "always_off"],
    bad: ["jaeger_remote", "parentbased_always_on"],
  },
  OTEL_TRACES_SAMPLER_ARG: {
    of: (s) => s.sampler.ratio,
    good: ["0.25", 0.25],
    bad: ["25", 1],
    beside: { OTEL_TRACES_SAMPLER: "traceidratio" },
  },
  OTEL_TRACES_EXPORTER: {
    of: (s) => s.exporters.traces,
    good: ["otlp,console", ["otlp", "console"]],
    bad: ["zipkin", ["otlp"]],
  },
  OTEL_METRICS_EXPORTER: {
    of: (s) => s.exporters.metrics,
    good: ["prometheus", ["prometheus"]],
    bad: ["promethoos", ["otlp", "prometheus"]],
  },
  OTEL_LOGS_EXPORTER: { of: (s) => s.exporters.logs, good: ["none", ["none"]], bad: ["otlp,none", ["none"]] },
  OTEL_METRIC_EXPORT_INTERVAL: { of: (s) => s.metrics.intervalMs, good: ["45000", 45_000], bad: ["0", 60_000] },
  OTEL_METRIC_EXPORT_TIMEOUT: { of: (s) => s.metrics.timeoutMs, good: ["5000", 5_000], bad: ["70000", 60_000] },
  OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE: {
    of: (s) => s.metrics.temporality,
    good: ["Delta", "delta"],
    bad: ["deltas", "cumulative"],
  },
  OTEL_EXPORTER_OTLP_METRICS_DEFAULT_HISTOGRAM_AGGREGATION: {
    of: (s) => s.metrics.histogram,
    good: ["base2_exponential_bucket_histogram", "base2_exponential_bucket_histogram"],
    bad: ["exponential", "explicit_bucket_histogram"],
  },
  OTEL_BSP_SCHEDULE_DELAY: { of: (s) => s.batch.spans.scheduleDelayMs, good: ["0", 0], bad: ["5s", 5_000] },
  OTEL_BSP_EXPORT_TIMEOUT: { of: (s) => s.batch.spans.exportTimeoutMs, good: ["0", 2 ** 31 - 1], bad: ["-1", 30_000] },
  OTEL_BSP_MAX_QUEUE_SIZE: { of: (s) => s.batch.spans.maxQueueSize, good: ["4096", 4_096], bad: ["0", 2_048] },
  OTEL_BSP_MAX_EXPORT_BATCH_SIZE: {
    of: (s) => s.batch.spans.maxExportBatchSize,
    good: ["64", 64],
    bad: ["9999", 2_048],
  },
  OTEL_BLRP_SCHEDULE_DELAY: { of: (s) => s.batch.logs.scheduleDelayMs, good: ["250", 250], bad: ["soon", 1_000] },
  OTEL_BLRP_EXPORT_TIMEOUT: { of: (s) => s.batch.logs.exportTimeoutMs, good: ["7000", 7_000], bad: ["1e3", 30_000] },
  OTEL_BLRP_MAX_QUEUE_SIZE: { of: (s) => s.batch.logs.maxQueueSize, good: ["1024", 1_024], bad: ["2048.5", 2_048] },
  OTEL_BLRP_MAX_EXPORT_BATCH_SIZE: { of: (s) => s.batch.logs.maxExportBatchSize, good: ["1", 1], bad: ["all", 512] },
  OTEL_ATTRIBUTE_COUNT_LIMIT: { of: (s) => s.limits.attributes.attributeCount, good: ["0", 0], bad: ["-5", undefined] },
  OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT: {
    of: (s) => s.limits.attributes.attributeValueLength,
    good: ["1000", 1_000],
    bad: ["0", undefined],
  },
  OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT: {
    of: (s) => s.limits.spans.attributeCount,
    good: ["64", 64],
    bad: ["many", undefined],
  },
  OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT: {
    of: (s) => s.limits.spans.attributeValueLength,
    good: ["80", 80],
    bad: ["99999999999", undefined],
  },
  OTEL_SPAN_EVENT_COUNT_LIMIT: { of: (s) => s.limits.spans.eventCount, good: ["9", 9], bad: ["nine", 128] },
  OTEL_SPAN_LINK_COUNT_LIMIT: { of: (s) => s.limits.spans.linkCount, good: ["9", 9], bad: ["nine", 128] },
  OTEL_EVENT_ATTRIBUTE_COUNT_LIMIT: { of: (s) => s.limits.spans.attributesPerEvent, good: ["9", 9], bad: ["+9", 128] },
  OTEL_LINK_ATTRIBUTE_COUNT_LIMIT: { of: (s) => s.limits.spans.attributesPerLink, good: ["9", 9], bad: ["0x9", 128] },
  OTEL_LOGRECORD_ATTRIBUTE_COUNT_LIMIT: {
    of: (s) => s.limits.logs.attributeCount,
    good: ["20", 20],
    bad: ["20%", undefined],
  },
  OTEL_LOGRECORD_ATTRIBUTE_VALUE_LENGTH_LIMIT: {
    of: (s) => s.limits.logs.attributeValueLength,
    good: ["20", 20],
    bad: ["Infinity", undefined],
  },
  OTEL_NODE_ENABLED_INSTRUMENTATIONS: {
    of: (s) => s.instrumentations.enabled,
    good: ["http, pg", ["http", "pg"]],
    bad: ["@opentelemetry/instrumentation-http,pg", ["http", "pg"]],
  },
  OTEL_NODE_DISABLED_INSTRUMENTATIONS: {
    of: (s) => s.instrumentations.disabled,
    good: ["dns", ["dns"]],
    bad: ["@opentelemetry/instrumentation-dns", ["dns"]],
  },
  OTEL_INSTRUMENTATION_HTTP_KNOWN_METHODS: {
    of: (s) => s.instrumentations.httpMethods,
    good: ["GET,PURGE", ["GET", "PURGE"]],
    bad: ["GET,purge", ["GET"]],
  },
};

/** The variables of OTLP, told of one pipeline; those for all pipelines are looked at through the logs. */
function otlpCases(pipeline: Pipeline | undefined): Record<string, Omit<VariableCase, "variable">> {
  const seen = pipeline ?? "logs";
  const of =
    (key: keyof OtelSettings["otlp"]["logs"]) =>
    (settings: OtelSettings): unknown =>
      settings.otlp[seen][key];
  const named = (name: string): string =>
    `OTEL_EXPORTER_OTLP_${pipeline === undefined ? "" : `${pipeline.toUpperCase()}_`}${name}`;
  const path = `/v1/${seen}`;
  const beside = { [named("CLIENT_KEY")]: "/tls/key.pem", [named("CLIENT_CERTIFICATE")]: "/tls/client.pem" };
  return {
    [named("ENDPOINT")]: {
      of: of("url"),
      good:
        pipeline === undefined
          ? ["http://collector:4318/base/", `http://collector:4318/base${path}`]
          : [`https://vendor.example${path}`, `https://vendor.example${path}`],
      bad: ["collector:4318", `http://localhost:4318${path}`],
    },
    [named("PROTOCOL")]: { of: of("protocol"), good: ["http/json", "http/json"], bad: ["http", "http/protobuf"] },
    [named("HEADERS")]: {
      of: of("headers"),
      good: ["Api-Key=s%2Cecret,x=", { "api-key": "s,ecret", x: "" }],
      bad: ["api-key: secret,b=c", { b: "c" }],
    },
    [named("TIMEOUT")]: { of: of("timeoutMs"), good: ["0", 2 ** 31 - 1], bad: ["10s", 10_000] },
    [named("COMPRESSION")]: { of: of("compression"), good: ["gzip", "gzip"], bad: ["zstd", "none"] },
    [named("INSECURE")]: { of: of("insecure"), good: ["false", false], bad: ["yes", false] },
    [named("CERTIFICATE")]: {
      of: of("caFile"),
      good: ["/tls/ca.pem", "/tls/ca.pem"],
      bad: ["-----BEGIN CERTIFICATE-----", undefined],
    },
    [named("CLIENT_CERTIFICATE")]: {
      of: of("clientCertificateFile"),
      good: ["/tls/other.pem", "/tls/other.pem"],
      bad: ["-----BEGIN CERTIFICATE-----\nMII", undefined],
      beside,
    },
    [named("CLIENT_KEY")]: {
      of: of("clientKeyFile"),
      good: ["/tls/other.pem", "/tls/other.pem"],
      bad: ["-----BEGIN PRIVATE KEY-----", undefined],
      beside,
    },
  };
}

/** One case for each variable that is honoured. */
export const variableCases: readonly VariableCase[] = Object.entries({
  ...cases,
  ...otlpCases(undefined),
  ...otlpCases("traces"),
  ...otlpCases("metrics"),
  ...otlpCases("logs"),
}).map(([variable, rest]) => ({ variable, ...rest }));
