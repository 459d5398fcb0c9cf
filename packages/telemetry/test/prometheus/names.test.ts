import assert from "node:assert/strict";
import { test } from "node:test";
import { type MetricKind, labelName, metricName } from "../../src/prometheus/names.ts";
import { unitName } from "../../src/prometheus/unit.ts";

/** What prometheus/otlptranslator gives by its default, UnderscoreEscapingWithSuffixes. */
const names: readonly [name: string, unit: string, kind: MetricKind, expected: string | undefined][] = [
  ["http.server.request.duration", "s", "histogram", "http_server_request_duration_seconds"],
  ["http.server.active_requests", "{request}", "up-down-counter", "http_server_active_requests"],
  ["process.cpu.time", "s", "counter", "process_cpu_time_seconds_total"],
  ["process.cpu.utilization", "1", "gauge", "process_cpu_utilization_ratio"],
  ["process.memory.usage", "By", "up-down-counter", "process_memory_usage_bytes"],
  ["nodejs.eventloop.delay.p99", "s", "gauge", "nodejs_eventloop_delay_p99_seconds"],
  ["seaworthy.lifecycle.phase", "1", "up-down-counter", "seaworthy_lifecycle_phase"],
  ["requests", "", "counter", "requests_total"],
  ["requests_total", "", "counter", "requests_total"],
  ["total.requests", "", "counter", "requests_total"],
  ["items", "1", "counter", "items_total"],
  ["cpu_usage", "1", "gauge", "cpu_usage_ratio"],
  ["ratio.of.hits", "1", "gauge", "of_hits_ratio"],
  ["ratio.of.hits", "1", "histogram", "ratio_of_hits"],
  ["response_time", "ms", "gauge", "response_time_milliseconds"],
  ["response_time_seconds", "s", "gauge", "response_time_seconds"],
  ["seconds.waited", "s", "counter", "seconds_waited_total"],
  ["requests", "1/s", "gauge", "requests_per_second"],
  ["throughput", "By/s", "gauge", "throughput_bytes_per_second"],
  ["throughput", "By/m", "gauge", "throughput_bytes_per_minute"],
  ["system.network.io", "By", "counter", "system_network_io_bytes_total"],
  ["disk", "%", "gauge", "disk_percent"],
  ["custom_metric", "custom_unit", "gauge", "custom_metric_custom_unit"],
  ["custom_metric", "{custom}", "gauge", "custom_metric"],
  ["custom_metric", "By/{custom}", "gauge", "custom_metric_bytes"],
  ["custom_metric", "{packet}/s", "gauge", "custom_metric_per_second"],
  ["custom_metric", "unit@with#special/chars", "gauge", "custom_metric_unit_with_special_per_chars"],
  ["metric__with__underscores", "unit__with__underscores", "gauge", "metric_with_underscores_unit_with_underscores"],
  ["a.b-c/d", "", "gauge", "a_b_c_d"],
  ["_private.", "", "gauge", "private"],
  ["rule:metric", "", "gauge", "rule:metric"],
  ["5xx.responses", "{response}", "counter", "_5xx_responses_total"],
  ["métrique", "", "gauge", "m_trique"],
  ["@#$%", "", "gauge", undefined],
  ["", "", "gauge", undefined],
];

for (const [name, unit, kind, expected] of names) {
  test(`the ${kind} "${name}" in "${unit}" is ${expected}`, () => {
    assert.equal(metricName(name, unit, kind), expected);
  });
}

test("units are told in full, without annotations", () => {
  const units = ["s", "By", "By/s", "1", "1/s", "{request}", "{request}/s", "", "ms", "Cel", "%"].map(unitName);
  assert.deepEqual(units, [
    "seconds",
    "bytes",
    "bytes_per_second",
    "",
    "per_second",
    "",
    "per_second",
    "",
    "milliseconds",
    "celsius",
    "percent",
  ]);
});

test("labels are underscores where a name may have nothing else", () => {
  const labels: readonly [string, string | undefined][] = [
    ["http.route", "http_route"],
    ["http.request.method", "http_request_method"],
    ["a..b", "a__b"],
    ["0count", "key_0count"],
    ["_internal", "key_internal"],
    ["__reserved__", "__reserved__"],
    ["naïve", "na_ve"],
    ["🚢", "key_"],
    ["__name__", undefined],
    ["..", undefined],
    ["", undefined],
  ];
  for (const [attribute, expected] of labels) {
    assert.equal(labelName(attribute), expected, attribute);
    assert.equal(labelName(attribute), expected, `${attribute}, again`);
  }
});
