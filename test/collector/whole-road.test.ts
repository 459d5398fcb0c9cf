import assert from "node:assert/strict";
import { test } from "node:test";
import { keepAsking } from "../harness/keep-asking.ts";
import { isRequired } from "../prometheus/promtool.ts";
import { prometheus, startPrometheus, takesOtlp } from "../prometheus/running-prometheus.ts";
import { type ForgedMetric, sendMetrics } from "./otlp.ts";
import { gatewayBefore, openBackEnd, openRoad, startShop } from "./road.ts";
import { withCollector } from "./suite.ts";

const service = "shop";
const missing =
  "missing" in prometheus
    ? prometheus.missing
    : takesOtlp
      ? undefined
      : `Prometheus ${prometheus.version} takes no OTLP`;

const minutes = 60_000;

/** What Prometheus refuses, and a whole request for one of it. */
const unusable: readonly ForgedMetric[] = [
  { ageMs: 120 * minutes },
  { ageMs: 27 * minutes },
  { ageMs: -7 * minutes },
  { ageMs: -120 * minutes },
  { temporality: 1 },
  { temporality: 0 },
  {
    instead: (point) => ({
      histogram: { aggregationTemporality: 1, dataPoints: [{ ...point, count: "1", sum: 1, bucketCounts: ["1"] }] },
    }),
  },
  {
    instead: (point) => ({
      exponentialHistogram: {
        aggregationTemporality: 2,
        dataPoints: [{ ...point, count: "1", sum: 1, scale: -5, positive: { offset: 0, bucketCounts: ["1"] } }],
      },
    }),
  },
  { name: "" },
  { name: "***" },
  { name: "___" },
];

withCollector("from a service by agent and gateway to Prometheus", (otelcol) => {
  const skip = !isRequired && missing;
  test("an alert fires for the route that fails, and its spans are counted", { skip }, async (t) => {
    const running = await startPrometheus(t, []);
    const road = await openRoad(t, otelcol, { gatewayEnv: { METRICS_URL: `${running.url}/api/v1/otlp` } });
    const { url } = await startShop(t, road, { OTEL_SERVICE_NAME: service, OTEL_METRICS_EXPORTER: "otlp" });
    keepAsking(t, [`${url}/orders/1`, `${url}/fails`]);

    const [alert] = await running.until("SeaworthyRouteFailing", t.signal, async () => {
      const fired = (await running.alerts()).filter(
        ({ labels, state }) => labels["alertname"] === "SeaworthyRouteFailing" && state === "firing",
      );
      return fired.length > 0 && fired;
    });
    assert.equal(alert?.labels["service_name"], service);
    assert.equal(alert.labels["http_route"], "/fails");

    const ofSpans = `{__name__=~"traces_span_metrics_.*_count", service_name="${service}", http_route="/fails"}`;
    const [counted] = await running.until("a metric of spans", t.signal, async () => {
      const found = await running.query(ofSpans);
      return found.length > 0 && found;
    });
    assert.equal(counted?.metric["http_response_status_code"], "500");
  });

  test("what Prometheus would refuse costs nobody else a point", { skip }, async (t) => {
    const running = await startPrometheus(t, []);
    const tier = await gatewayBefore(t, otelcol, await openBackEnd(t), {
      gatewayEnv: { METRICS_URL: `${running.url}/api/v1/otlp` },
    });
    const gateway = await tier.start();
    const nameless = { "": "a", __: "b", "***": "c" };
    const answer = await sendMetrics(gateway.url, [
      { service: "first", name: "healthy" },
      ...unusable.map((metric) => ({ ...metric, service: "sick" })),
      { service: "sick", name: "of_no_type", instead: () => ({}) },
      { service: "mended", name: "healthy", attributes: { ...nameless, order: "7" }, resource: nameless },
      { service: "late", name: "healthy", ageMs: 20 * minutes },
      { service: "last", name: "healthy" },
    ]);
    assert.equal(answer.status, 200);
    const found = await running.until("what is healthy", t.signal, async () => {
      const all = await running.query("last_over_time(healthy_total[1h])");
      const failed = await gateway.metric("otelcol_exporter_send_failed_metric_points");
      return (all.length > 0 || failed > 0) && all;
    });
    const services = new Set(found.map(({ metric }) => metric["service_name"]));
    assert.deepEqual(services, new Set(["first", "last", "late", "mended"]));
    const mended = found.find(({ metric }) => metric["service_name"] === "mended");
    assert.equal(mended?.metric["order"], "7");
    assert.equal(
      await gateway.metric("otelcol_processor_filter_datapoints_filtered", /filter\/unusable/),
      unusable.length,
    );
  });
});
