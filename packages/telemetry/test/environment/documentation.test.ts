import assert from "node:assert/strict";
import { test } from "node:test";
import { otelEnvironment, renderOtelEnvironment } from "../../src/environment/documentation.ts";

test("no variable is told of twice", () => {
  const variables = otelEnvironment.map(({ variable }) => variable);
  assert.deepEqual(variables, [...new Set(variables)]);
});

test("every variable says what it does, and one that is honoured what stays without it", () => {
  for (const { variable, does, default: shows, refused } of otelEnvironment) {
    assert.match(does, refused ? /^refused: .+ .+/ : /^.*[a-zA-Z]$|\)$|`$/, variable);
    assert.equal(shows === "", refused, variable);
  }
});

test("the table of the README has a row for each", () => {
  const [head, rule, ...rows] = renderOtelEnvironment().split("\n");
  assert.deepEqual([head, rule], ["| variable | what it does here | default |", "| --- | --- | --- |"]);
  assert.equal(rows.length, otelEnvironment.length);
  for (const row of rows) assert.equal(row.split("|").length, 5, row);
});

test("the variables of the specification are all known", () => {
  const specified = [
    "OTEL_SDK_DISABLED OTEL_RESOURCE_ATTRIBUTES OTEL_SERVICE_NAME OTEL_LOG_LEVEL OTEL_PROPAGATORS",
    "OTEL_TRACES_SAMPLER OTEL_TRACES_SAMPLER_ARG OTEL_TRACES_EXPORTER OTEL_METRICS_EXPORTER OTEL_LOGS_EXPORTER",
    "OTEL_BSP_SCHEDULE_DELAY OTEL_BSP_EXPORT_TIMEOUT OTEL_BSP_MAX_QUEUE_SIZE OTEL_BSP_MAX_EXPORT_BATCH_SIZE",
    "OTEL_BLRP_SCHEDULE_DELAY OTEL_BLRP_EXPORT_TIMEOUT OTEL_BLRP_MAX_QUEUE_SIZE OTEL_BLRP_MAX_EXPORT_BATCH_SIZE",
    "OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT OTEL_ATTRIBUTE_COUNT_LIMIT OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT",
    "OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT OTEL_SPAN_EVENT_COUNT_LIMIT OTEL_SPAN_LINK_COUNT_LIMIT",
    "OTEL_EVENT_ATTRIBUTE_COUNT_LIMIT OTEL_LINK_ATTRIBUTE_COUNT_LIMIT OTEL_LOGRECORD_ATTRIBUTE_VALUE_LENGTH_LIMIT",
    "OTEL_LOGRECORD_ATTRIBUTE_COUNT_LIMIT OTEL_EXPORTER_PROMETHEUS_HOST OTEL_EXPORTER_PROMETHEUS_PORT",
    "OTEL_METRICS_EXEMPLAR_FILTER OTEL_METRIC_EXPORT_INTERVAL OTEL_METRIC_EXPORT_TIMEOUT",
    "OTEL_EXPERIMENTAL_CONFIG_FILE OTEL_CONFIG_FILE OTEL_NODE_RESOURCE_DETECTORS",
    "OTEL_NODE_ENABLED_INSTRUMENTATIONS OTEL_NODE_DISABLED_INSTRUMENTATIONS OTEL_NODE_EXPERIMENTAL_SDK_METRICS",
    "OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE OTEL_EXPORTER_OTLP_METRICS_DEFAULT_HISTOGRAM_AGGREGATION",
    "OTEL_SEMCONV_STABILITY_OPT_IN OTEL_INSTRUMENTATION_HTTP_KNOWN_METHODS",
  ].flatMap((line) => line.split(" "));
  const ofOtlp = ["", "TRACES_", "METRICS_", "LOGS_"].flatMap((pipeline) =>
    "ENDPOINT PROTOCOL HEADERS TIMEOUT COMPRESSION INSECURE CERTIFICATE CLIENT_CERTIFICATE CLIENT_KEY"
      .split(" ")
      .map((name) => `OTEL_EXPORTER_OTLP_${pipeline}${name}`),
  );
  const known = new Set(otelEnvironment.map(({ variable }) => variable));
  assert.deepEqual(
    [...specified, ...ofOtlp].filter((variable) => !known.has(variable)),
    [],
  );
});
