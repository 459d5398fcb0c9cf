import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { parse } from "yaml";
import { isRequired } from "./promtool.ts";
import { folder } from "./rules.ts";
import { prometheus, startWith } from "./running-prometheus.ts";

/** A container port of a pod, as discovery in Kubernetes tells of it: labels less `__meta_kubernetes_`. */
interface Discovered {
  readonly address: string;
  readonly meta: Readonly<Record<string, string>>;
}

const pod = (name: string, address: string, meta: Readonly<Record<string, string>>): Discovered => ({
  address,
  meta: { namespace: "shop", pod_name: name, pod_container_name: "app", pod_phase: "Running", ...meta },
});

const ofReplicaSet = { pod_controller_kind: "ReplicaSet", pod_controller_name: "orders-6d4cf56db6" };
const scrape = { pod_annotation_prometheus_io_scrape: "true", pod_annotation_prometheus_io_port: "9100" };

const discovered: readonly Discovered[] = [
  pod("orders-1", "10.0.0.1:9464", { ...ofReplicaSet, pod_container_port_name: "probes", pod_node_name: "node-1" }),
  pod("orders-1", "10.0.0.1:8080", { ...ofReplicaSet, pod_container_port_name: "http" }),
  // Two ports of two containers, and one that is to be scraped by what an annotation says.
  pod("stock-0", "10.0.0.2:8080", {
    ...scrape,
    pod_annotation_prometheus_io_path: "/stock/metrics",
    pod_container_port_name: "http",
    pod_controller_kind: "StatefulSet",
    pod_controller_name: "stock",
  }),
  pod("stock-0", "10.0.0.2:9464", {
    ...scrape,
    pod_container_name: "sidecar",
    pod_annotation_prometheus_io_path: "/stock/metrics",
    pod_container_port_name: "probes",
    pod_controller_kind: "StatefulSet",
    pod_controller_name: "stock",
  }),
  pod("pushes", "10.0.0.3:9464", {
    pod_annotation_prometheus_io_scrape: "false",
    pod_container_port_name: "probes",
  }),
  // Somewhere, but nobody knows where.
  pod("vague", "10.0.0.4:8080", { pod_annotation_prometheus_io_scrape: "true", pod_container_port_name: "http" }),
  pod("named", "[fd00::5]:8080", {
    ...scrape,
    pod_label_app_kubernetes_io_name: "chart",
    pod_label_app_kubernetes_io_instance: "release",
    pod_label_app_kubernetes_io_part_of: "warehouse",
    pod_label_app_kubernetes_io_version: "1.2.3",
    pod_annotation_resource_opentelemetry_io_service_name: "named-by-hand",
  }),
  pod("bare", "10.0.0.6:9464", { pod_container_port_name: "probes" }),
  pod("orders-2", "10.0.0.7:9464", { ...ofReplicaSet, pod_container_port_name: "probes", pod_container_init: "true" }),
  pod("done", "10.0.0.8:9464", { pod_container_port_name: "probes", pod_phase: "Succeeded" }),
  pod("report-29384720-x7k2p", "10.0.0.9:9464", {
    ...scrape,
    pod_container_port_name: "probes",
    pod_controller_kind: "Job",
    pod_controller_name: "report-29384720",
  }),
];

const collectors: readonly Discovered[] = [
  pod("gateway-0", "10.0.1.1:8888", { pod_container_port_name: "otelcol-metrics" }),
  pod("gateway-0", "10.0.1.1:4317", { pod_container_port_name: "otlp" }),
  pod("agent-evicted", "10.0.1.2:8888", { pod_container_port_name: "otelcol-metrics", pod_phase: "Failed" }),
  pod("agent-done", "10.0.1.3:8888", { pod_container_port_name: "otelcol-metrics", pod_phase: "Succeeded" }),
];

interface Config {
  readonly scrape_configs: readonly { readonly job_name: string; readonly relabel_configs?: unknown }[];
}

/** The jobs of the configuration for Kubernetes, told of pods by hand: labels can be given as discovery gives them. */
function configuration(pods: Readonly<Record<string, readonly Discovered[]>>): unknown {
  const { scrape_configs } = parse(readFileSync(join(folder, "prometheus.yml"), "utf8")) as Config;
  return {
    scrape_configs: Object.entries(pods).map(([name, found]) => ({
      job_name: name,
      relabel_configs: scrape_configs.find(({ job_name }) => job_name === name)?.relabel_configs,
      static_configs: found.map(({ address, meta }) => ({
        targets: [address],
        labels: Object.fromEntries(Object.entries(meta).map(([label, value]) => [`__meta_kubernetes_${label}`, value])),
      })),
    })),
  };
}

if ("missing" in prometheus && !isRequired) {
  test("pods are found by port and by annotation", { skip: prometheus.missing });
} else {
  test("pods are found by port and by annotation, and named as OTLP names them", { timeout: 120_000 }, async (t) => {
    const running = await startWith(t, configuration({ seaworthy: discovered, otelcol: collectors }));
    const targets = await running.until("targets of both jobs", t.signal, async () => {
      const found = await running.targets();
      const jobs = new Set(found.map(({ scrapePool }) => scrapePool));
      return jobs.size === 2 && found;
    });
    const byUrl = Object.fromEntries(targets.map(({ scrapeUrl, labels }) => [scrapeUrl, labels]));
    const shop = { service_namespace: "shop", k8s_namespace_name: "shop" };
    assert.deepEqual(byUrl, {
      "http://10.0.0.1:9464/metrics": {
        ...shop,
        instance: "10.0.0.1:9464",
        job: "shop/orders",
        service_name: "orders",
        k8s_pod_name: "orders-1",
        k8s_node_name: "node-1",
      },
      "http://10.0.0.2:9100/stock/metrics": {
        ...shop,
        instance: "10.0.0.2:9100",
        job: "shop/stock",
        service_name: "stock",
        k8s_pod_name: "stock-0",
      },
      "http://[fd00::5]:9100/metrics": {
        ...shop,
        instance: "[fd00::5]:9100",
        job: "warehouse/named-by-hand",
        service_name: "named-by-hand",
        service_namespace: "warehouse",
        service_version: "1.2.3",
        k8s_pod_name: "named",
      },
      "http://10.0.0.6:9464/metrics": {
        ...shop,
        instance: "10.0.0.6:9464",
        job: "shop/bare",
        service_name: "bare",
        k8s_pod_name: "bare",
      },
      "http://10.0.1.1:8888/metrics": {
        instance: "10.0.1.1:8888",
        job: "otelcol",
        k8s_namespace_name: "shop",
        k8s_pod_name: "gateway-0",
      },
    });
    assert.equal(targets.length, 5);
  });
}
