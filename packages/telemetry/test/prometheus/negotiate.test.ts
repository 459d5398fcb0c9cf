import assert from "node:assert/strict";
import { test } from "node:test";
import { acceptsGzip, negotiateForm } from "../../src/prometheus/negotiate.ts";

const text = "text/plain; version=0.0.4; charset=utf-8";
const openMetrics = "application/openmetrics-text; version=1.0.0; charset=utf-8";

const accepts: readonly [who: string, accept: string | undefined, contentType: string][] = [
  ["nobody in particular", undefined, text],
  ["curl", "*/*", text],
  ["a browser", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", text],
  [
    "Prometheus 2.42",
    "application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1",
    openMetrics,
  ],
  [
    "Prometheus 2 that asks for protobuf first",
    "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited,application/openmetrics-text;version=1.0.0;q=0.8,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1",
    openMetrics,
  ],
  [
    "Prometheus 3",
    "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,application/openmetrics-text;version=0.0.1;q=0.5,text/plain;version=1.0.0;escaping=allow-utf-8;q=0.4,text/plain;version=0.0.4;q=0.3,*/*;q=0.2",
    `${openMetrics}; escaping=underscores`,
  ],
  [
    "Prometheus 3 that prefers text",
    "text/plain;version=1.0.0;escaping=allow-utf-8;q=0.6,application/openmetrics-text;version=1.0.0;q=0.2",
    "text/plain; version=1.0.0; charset=utf-8; escaping=underscores",
  ],
  ["an old OpenMetrics", "application/openmetrics-text; version=0.0.1", openMetrics.replace("1.0.0", "0.0.1")],
  ["OpenMetrics without a version", "application/openmetrics-text", openMetrics],
  ["OpenMetrics of a version to come", "application/openmetrics-text;version=2.0.0,text/plain;q=0.1", text],
  ["who refuses OpenMetrics", "application/openmetrics-text;q=0,text/plain;q=0.1", text],
  ["who would have anything, but text rather", "*/*;q=0.9,text/plain;version=0.0.4;q=0.9", text],
  ["who quotes and shouts", 'Application/OpenMetrics-Text;Version="1.0.0"', openMetrics],
  ["who wants what there is not", "application/json", text],
  ["who says nothing that can be read", ";;,=,q=1;;", text],
];

for (const [who, accept, contentType] of accepts) {
  test(`${who} gets ${contentType}`, () => {
    assert.equal(negotiateForm(accept).contentType, contentType);
    assert.equal(negotiateForm(accept).form, contentType.startsWith("text") ? "text" : "openmetrics");
  });
}

test("gzip is for those who ask for it", () => {
  const asked = ["gzip", "deflate, gzip;q=0.5", "*", "GZIP", "br;q=1, *;q=0.1"];
  const not = [undefined, "", "identity", "gzip;q=0", "*;q=1, gzip;q=0", "deflate, br"];
  assert.deepEqual(
    asked.filter((header) => !acceptsGzip(header)),
    [],
  );
  assert.deepEqual(
    not.filter((header) => acceptsGzip(header)),
    [],
  );
});
