/** A variable that somebody may set in vain, and why; a name that ends in `_` stands for all that begin with it. */
export interface RefusedVariable {
  readonly variable: string;
  /** One sentence on why, and one on what to do. */
  readonly why: string;
}

const file = "A configuration file is not read. Set the other OTEL_* variables.";
const zipkin = "Zipkin's exporter is not within. Send OTLP to a Collector, which can write to Zipkin.";
const jaeger = "Jaeger takes OTLP itself. Set OTEL_EXPORTER_OTLP_ENDPOINT.";
const probePort =
  "/metrics is on the port of the probes. Set probePort and probeHost, or SEAWORTHY_PROBE_PORT and _HOST.";
const attribute = (key: string): string => `No such variable is specified. Set ${key} in OTEL_RESOURCE_ATTRIBUTES.`;
const renamed = (name: string): string => `It has another name now. Set ${name}.`;

/** Variables of the specification, and of habit, that are refused aloud. */
export const refusedVariables: readonly RefusedVariable[] = [
  { variable: "OTEL_CONFIG_FILE", why: file },
  { variable: "OTEL_EXPERIMENTAL_CONFIG_FILE", why: file },
  { variable: "OTEL_ENTITIES", why: "The SDK has no entities yet. Set OTEL_RESOURCE_ATTRIBUTES." },
  { variable: "OTEL_EXPORTER_ZIPKIN_", why: zipkin },
  { variable: "OTEL_EXPORTER_JAEGER_", why: jaeger },
  { variable: "OTEL_EXPORTER_PROMETHEUS_HOST", why: probePort },
  { variable: "OTEL_EXPORTER_PROMETHEUS_PORT", why: probePort },
  { variable: "OTEL_METRICS_EXEMPLAR_FILTER", why: "The SDK has no exemplars. Unset it." },
  {
    variable: "OTEL_SEMCONV_STABILITY_OPT_IN",
    why: "None of the instrumentations within has other names any more. Unset it.",
  },
  { variable: "OTEL_EXPORTER_OTLP_PROFILES_", why: "The SDK has no profiles. Unset it." },
  { variable: "OTEL_PROFILES_EXPORTER", why: "The SDK has no profiles. Unset it." },
  {
    variable: "OTEL_NODE_EXPERIMENTAL_SDK_METRICS",
    why: "Telemetry measures itself whatever this says. Unset it.",
  },
  { variable: "OTEL_EXPORTER_OTLP_SPAN_INSECURE", why: renamed("OTEL_EXPORTER_OTLP_TRACES_INSECURE") },
  { variable: "OTEL_EXPORTER_OTLP_METRIC_INSECURE", why: renamed("OTEL_EXPORTER_OTLP_METRICS_INSECURE") },
  { variable: "OTEL_SPAN_ATTRIBUTE_PER_EVENT_COUNT_LIMIT", why: renamed("OTEL_EVENT_ATTRIBUTE_COUNT_LIMIT") },
  { variable: "OTEL_SPAN_ATTRIBUTE_PER_LINK_COUNT_LIMIT", why: renamed("OTEL_LINK_ATTRIBUTE_COUNT_LIMIT") },
  { variable: "OTEL_SERVICE_VERSION", why: attribute("service.version") },
  { variable: "OTEL_SERVICE_NAMESPACE", why: attribute("service.namespace") },
  { variable: "OTEL_SERVICE_INSTANCE_ID", why: attribute("service.instance.id") },
  { variable: "OTEL_ENVIRONMENT", why: attribute("deployment.environment.name") },
  { variable: "OTEL_DEPLOYMENT_ENVIRONMENT", why: attribute("deployment.environment.name") },
  { variable: "OTEL_ENDPOINT", why: renamed("OTEL_EXPORTER_OTLP_ENDPOINT") },
  { variable: "OTEL_HEADERS", why: renamed("OTEL_EXPORTER_OTLP_HEADERS") },
];

/** Why a variable is refused, if it is. */
export const refusalOf = (variable: string): RefusedVariable | undefined =>
  refusedVariables.find((refused) =>
    refused.variable.endsWith("_") ? variable.startsWith(refused.variable) : variable === refused.variable,
  );
