import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { parse } from "yaml";
import { freePorts, startCollector } from "../collector/run-collector.ts";
import { withCollector } from "../collector/suite.ts";
import { ask } from "../harness/ask.ts";
import { root } from "../run/workspaces.ts";
import { collectorMetrics } from "./collector-metrics.ts";
import { type Families, addFamilies } from "./exposition.ts";

/** What a configuration says of the endpoint of the Collector's own metrics. */
interface Reader {
  readonly pull: { readonly exporter: { readonly prometheus: Readonly<Record<string, unknown>> } };
}

interface Configuration {
  readonly service: { readonly telemetry: { readonly metrics: { readonly readers: readonly [Reader] } } };
}

const fileOf = (name: string): string => join(root, "collector", `${name}.yaml`);

/** How the metrics of a configuration's Collector are named: its endpoint, but for where it is. */
function namingOf(name: string): Readonly<Record<string, unknown>> {
  const { service } = parse(readFileSync(fileOf(name), "utf8")) as Configuration;
  const { host: _host, port: _port, ...naming } = service.telemetry.metrics.readers[0].pull.exporter.prometheus;
  return naming;
}

test("Collectors of all configurations name their metrics alike", () => {
  for (const name of ["agent", "gateway"]) assert.deepEqual(namingOf(name), namingOf("local"), name);
});

const span = { traceId: "0af7651916cd43dd8448eb211c80319c", spanId: "b7ad6b7169203331", name: "GET /" };

withCollector("a running Collector", (otelcol) => {
  test("has the metrics that the dashboards ask for, with their labels", async (t) => {
    const ports = await freePorts();
    const prometheus = { ...namingOf("local"), host: "127.0.0.1", port: ports.metrics };
    const settings = { service: { telemetry: { metrics: { readers: [{ pull: { exporter: { prometheus } } }] } } } };
    const { url } = await startCollector(t, otelcol, [fileOf("local")], { settings: [settings] }, ports);
    const body = JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans: [span] }] }] });
    const headers = { "content-type": "application/json" };
    assert.equal((await ask(`${url}/v1/traces`, { method: "POST", headers, body })).status, 200);

    const families: Families = new Map();
    const isThere = (name: string): boolean => families.has(name);
    // What a processor did is counted when it has done it.
    for (let round = 0; round < 50 && ![...collectorMetrics.keys()].every(isThere); round += 1) {
      addFamilies(families, (await ask(`http://127.0.0.1:${ports.metrics}/metrics`)).body);
    }
    for (const [name, labels] of collectorMetrics) {
      assert.ok(isThere(name), `${name} is not among ${[...families.keys()].join(", ")}`);
      for (const label of labels) assert.ok(families.get(name)?.has(label), `${name} has no ${label}`);
    }
  });
});
