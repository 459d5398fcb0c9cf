import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { otelcol } from "../../collector/distribution/binary.ts";
import { sendMetrics, sendSpans } from "../collector/otlp.ts";
import { freePorts } from "../collector/run-collector.ts";
import { startProcess } from "../harness/process.ts";
import { isRequired } from "./promtool.ts";
import { recordings } from "./rules.ts";
import { prometheus, startPrometheus } from "./running-prometheus.ts";

/** What tells that a Collector is in trouble, and fires where it is put into that trouble. */
const fired = [
  "CollectorRefusing",
  "CollectorSendFailing",
  "CollectorExporterStuck",
  "CollectorDroppingUnusable",
  "CollectorLosingData",
];

/** A Collector that has everything go wrong: a back end that is not there, a queue of one, and no memory to spare. */
const inTrouble = (metricsPort: number): unknown => ({
  receivers: {
    otlp: { protocols: { http: { endpoint: "127.0.0.1:0" } } },
  },
  processors: {
    tail_sampling: { decision_wait: "1s", num_traces: 1, policies: [{ name: "all", type: "always_sample" }] },
    // By the name that the gateway's has: every point is unusable.
    "filter/unusable": { metric_conditions: ['metric.name == "forged"'] },
  },
  exporters: {
    "otlp_http/gone": {
      endpoint: "http://127.0.0.1:9",
      retry_on_failure: { enabled: false },
      sending_queue: { queue_size: 1, num_consumers: 1, batch: { flush_timeout: "1s" } },
    },
    // As the agent and the gateway have it: tried again for ever.
    "otlp_http/away": { endpoint: "http://127.0.0.1:9", retry_on_failure: { max_elapsed_time: "0s" } },
    debug: {},
  },
  connectors: { forward: {} },
  service: {
    telemetry: {
      metrics: {
        level: "detailed",
        readers: [
          {
            pull: {
              exporter: {
                prometheus: {
                  host: "127.0.0.1",
                  port: metricsPort,
                  without_type_suffix: false,
                  without_units: false,
                },
              },
            },
          },
        ],
      },
    },
    pipelines: {
      traces: { receivers: ["otlp"], exporters: ["otlp_http/gone", "otlp_http/away", "forward"] },
      metrics: { receivers: ["otlp"], processors: ["filter/unusable"], exporters: ["debug"] },
      "traces/sampled": { receivers: ["forward"], processors: ["tail_sampling"], exporters: ["debug"] },
    },
  },
});

/** Sends a span and a data point after the other, until the test is over. */
function keepSending(t: TestContext, url: string): void {
  const over = new AbortController();
  const send = async (): Promise<void> => {
    while (!over.signal.aborted) {
      await Promise.allSettled([sendSpans(url, [{ name: "span" }]), sendMetrics(url, [{}])]);
      await sleep(50);
    }
  };
  const sending = send();
  t.after(async () => {
    over.abort();
    await sending;
  });
}

const collector = otelcol();
const missing = "missing" in prometheus ? prometheus.missing : "missing" in collector ? collector.missing : undefined;

if (missing !== undefined && !isRequired) {
  test("a Collector in trouble drives the rules", { skip: missing });
} else {
  test("a Collector in trouble drives the rules", { timeout: 290_000 }, async (t) => {
    assert.ok("path" in collector, missing);
    const scratch = mkdtempSync(join(tmpdir(), "seaworthy-collector-"));
    t.after(() => rmSync(scratch, { recursive: true, force: true }));
    const { metrics: port } = await freePorts();
    const config = join(scratch, "config.json");
    writeFileSync(config, JSON.stringify(inTrouble(port)));
    const running = startProcess(t, new URL(import.meta.url), {
      command: [collector.path, `--config=file:${config}`],
    });
    const [, address] = await running.until(/Starting HTTP server.*?"(127\.0\.0\.1:\d+)"/);
    await running.until(/Everything is ready/);
    const prom = await startPrometheus(t, [{ address: `127.0.0.1:${port}`, labels: { job: "otelcol" } }]);
    keepSending(t, `http://${address}`);

    for (const { record } of recordings().filter((rule) => rule.record.startsWith("collector"))) {
      await prom.until(record, t.signal, async () => (await prom.query(record)).length > 0);
    }
    for (const name of fired) {
      await prom.until(name, t.signal, async () => {
        const active = await prom.alerts();
        return active.some(({ labels, state }) => labels["alertname"] === name && state === "firing");
      });
    }
    assert.deepEqual(await prom.failedRules(), []);
  });
}
