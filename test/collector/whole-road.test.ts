import assert from "node:assert/strict";
import { test } from "node:test";
import { keepAsking } from "../harness/keep-asking.ts";
import { isRequired } from "../prometheus/promtool.ts";
import { prometheus, startPrometheus, takesOtlp } from "../prometheus/running-prometheus.ts";
import { openRoad, startShop } from "./road.ts";
import { withCollector } from "./suite.ts";

const service = "shop";
const missing =
  "missing" in prometheus
    ? prometheus.missing
    : takesOtlp
      ? undefined
      : `Prometheus ${prometheus.version} takes no OTLP`;

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
});
