import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { startReceiver } from "@seaworthy/otlp-receiver";
import { read } from "../grafana/queries.ts";
import { ask } from "../harness/ask.ts";
import { keepAsking } from "../harness/keep-asking.ts";
import { type RunningProcess, startProcess } from "../harness/process.ts";
import { isRequired } from "./promtool.ts";
import { alerts, recordings, rulesOf } from "./rules.ts";
import { type RunningPrometheus, prometheus, startPrometheus, takesOtlp } from "./running-prometheus.ts";

/** What only a stop tells, and what only a Collector tells. */
const notYet = ["service:seaworthy_drain_work_cut:max15m"];
const awaited = recordings()
  .map(({ record }) => record)
  .filter((record) => !record.startsWith("collector") && !notYet.includes(record));

/** What rules read that a service has, or Prometheus itself. */
const metricsRead = new Set(
  rulesOf()
    .flatMap(({ expr }) => read(expr).selected.map(({ metric }) => metric))
    .filter((metric) => !/:|^$|^otelcol_|^seaworthy_drain_work_total$/.test(metric)),
);

/** What a service that is well tells nobody of, however slow the machine is that it runs on. */
const quiet = [
  "SeaworthyAvailabilityBurnFast",
  "SeaworthyAvailabilityBurnSlow",
  "SeaworthyRouteFailing",
  "SeaworthyDependencyFailing",
  "SeaworthyCheckFailing",
  "SeaworthyCheckFlapping",
  "SeaworthyReplicaNotReady",
  "SeaworthyNoReplicaReady",
  "SeaworthyDrainCutRequests",
  "SeaworthyRestarting",
  "SeaworthyMemoryNearLimit",
  "SeaworthyCpuThrottled",
  "SeaworthyMetricOverflow",
  "SeaworthyMeasuredTwice",
  "SeaworthyTelemetryAbsent",
];

/** Faults, and the alerts that are for them. */
const faults = {
  "/fails": ["SeaworthyAvailabilityBurnFast", "SeaworthyRouteFailing"],
  "/floods": ["SeaworthyTelemetryDropped", "SeaworthyExportFailing"],
  "/blocks": ["SeaworthyEventLoopBlocked", "SeaworthyEventLoopStalled"],
  "/breaks": ["SeaworthyCheckFailing", "SeaworthyReplicaNotReady", "SeaworthyNoReplicaReady"],
} as const;

const noOtlp = `Prometheus ${"version" in prometheus ? prometheus.version : ""} takes no OTLP`;

/** How long each part may take on a machine that is busy with other things. */
const patient = { timeout: 120_000 };

interface RunningService {
  readonly process: RunningProcess;
  readonly app: string;
  readonly probes: string;
}

async function startService(t: TestContext, env: Readonly<Record<string, string>>): Promise<RunningService> {
  const service = startProcess(t, new URL("fixtures/orders.ts", import.meta.url), {
    cwd: import.meta.dirname,
    // In a small heap garbage is collected soon.
    flags: ["--max-semi-space-size=1", "--import", new URL("fixtures/container.mjs", import.meta.url).href],
    env: {
      OTEL_SDK_DISABLED: "false",
      SEAWORTHY_GRACE_PERIOD_SECONDS: "8",
      // More spans than a queue of this size takes: some are dropped, and some are sent.
      OTEL_BSP_MAX_QUEUE_SIZE: "8",
      OTEL_BSP_MAX_EXPORT_BATCH_SIZE: "4",
      OTEL_BSP_SCHEDULE_DELAY: "200",
      ...env,
    },
  });
  const [, port] = await service.until(/port (\d+)/);
  const [, probePort] = await service.until(/Probes are answered on \[::\]:(\d+)\./);
  await service.until(/Started after/);
  return { process: service, app: `http://127.0.0.1:${port}`, probes: `127.0.0.1:${probePort}` };
}

/** Has a service send its metrics, each second. */
const pushTo = ({ url }: RunningPrometheus): Readonly<Record<string, string>> => ({
  OTEL_METRICS_EXPORTER: "otlp",
  OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: `${url}/api/v1/otlp/v1/metrics`,
  OTEL_METRIC_EXPORT_INTERVAL: "1000",
  OTEL_METRIC_EXPORT_TIMEOUT: "1000",
});

/** Asks each service for each path, again and again, until the test is over. */
const load = (t: TestContext, services: readonly RunningService[], paths: readonly string[]): void =>
  keepAsking(
    t,
    services.flatMap(({ app }) => paths.map((path) => `${app}${path}`)),
  );

/** Which services fire an alert. */
async function firing(running: RunningPrometheus, name: string): Promise<ReadonlySet<string>> {
  const active = await running.alerts();
  const fired = active.filter(({ labels, state }) => labels["alertname"] === name && state === "firing");
  return new Set(fired.map(({ labels }) => labels["service_name"] ?? ""));
}

/** Waits until every service fires an alert. */
async function untilFired(
  { signal }: TestContext,
  running: RunningPrometheus,
  name: string,
  services: readonly string[],
): Promise<void> {
  await running.until(`${name} of ${services.join(" and ")}`, signal, async () => {
    const fired = await firing(running, name);
    return services.every((service) => fired.has(service));
  });
}

if ("missing" in prometheus && !isRequired) {
  test("a running service drives the rules", { skip: prometheus.missing });
} else {
  test("a running service drives the rules, by scrape and by OTLP alike", { timeout: 295_000 }, async (t) => {
    const receiver = await startReceiver({ port: 0 });
    t.after(() => receiver[Symbol.asyncDispose]());
    receiver.answerWith({ status: 400, message: "not today" }, { pipeline: "traces" });
    const traces = { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url };

    const scraped = await startService(t, {
      ...traces,
      OTEL_SERVICE_NAME: "scraped",
      OTEL_METRICS_EXPORTER: "prometheus",
    });
    const running = await startPrometheus(t, [
      { address: scraped.probes, labels: { job: "scraped", service_name: "scraped" } },
    ]);
    const services = [scraped];
    const names = ["scraped"];
    if (takesOtlp) {
      services.push(await startService(t, { ...traces, ...pushTo(running), OTEL_SERVICE_NAME: "pushed" }));
      names.push("pushed");
    } else {
      assert.ok(!isRequired, noOtlp);
      t.diagnostic(`${noOtlp}: by scrape only`);
    }

    await t.test("each rule that records yields", patient, async (part) => {
      load(part, services, ["/orders/1", "/forwards", "/floods"]);
      for (const record of awaited) {
        const seen = new Set<string>();
        await running.until(`${record} of ${names.join(" and ")}`, part.signal, async () => {
          for (const { metric } of await running.query(record)) seen.add(metric["service_name"] ?? "");
          return names.every((name) => seen.has(name));
        });
      }
    });

    await t.test("each metric that a rule reads has come", patient, async (part) => {
      load(part, services, ["/orders/1", "/forwards", "/floods"]);
      for (const metric of metricsRead) {
        await running.until(metric, part.signal, async () => (await running.query(metric)).length > 0);
      }
    });

    await t.test("nobody is told of a service that is well", async () => {
      const told = (await running.alerts()).map(({ labels }) => labels["alertname"] ?? "");
      assert.deepEqual(
        quiet.filter((name) => told.includes(name)),
        [],
      );
    });

    if (takesOtlp) {
      await t.test("a burst that is over before its first export counts, by OTLP", patient, async (part) => {
        const { app } = await startService(part, {
          ...traces,
          ...pushTo(running),
          OTEL_SERVICE_NAME: "burst",
          OTEL_METRIC_EXPORT_INTERVAL: "5000",
        });
        const count = 20;
        await Promise.all(Array.from({ length: count }, () => ask(`${app}/fails`)));
        const errors = `http_server_request_duration_seconds_count{service_name="burst", http_route="/fails"}`;
        await running.until("an increase by the burst", part.signal, async () => {
          const [increase] = await running.query(`increase(${errors}[5m])`);
          return increase !== undefined && increase.value >= count;
        });
      });
    }

    for (const [path, fired] of Object.entries(faults)) {
      await t.test(`${path.slice(1)}: ${fired.join(", ")}`, patient, async (part) => {
        load(part, services, [path]);
        for (const name of fired) await untilFired(part, running, name, names);
      });
    }

    const pushed = services[1];
    if (pushed) {
      await t.test("what a stop cuts is told by its last export", patient, async (part) => {
        const cut = ask(`${pushed.app}/hangs`).catch(() => undefined);
        await running.until("a request in flight", part.signal, async () => {
          const inFlight = await running.query('seaworthy_work_in_flight{service_name="pushed"} > 0');
          return inFlight.length > 0;
        });
        pushed.process.kill("SIGTERM");
        await pushed.process.ended;
        await cut;
        await untilFired(part, running, "SeaworthyDrainCutRequests", ["pushed"]);
        for (const record of notYet) {
          const [sample] = await running.query(record);
          assert.equal(sample?.value, 1, record);
        }
      });
    }

    await t.test("an alert says of whom it is, and where to read on", async () => {
      const known = new Map(alerts().map((rule) => [rule.alert, rule]));
      for (const { labels, annotations } of await running.alerts()) {
        const rule = known.get(labels["alertname"] ?? "");
        assert.ok(labels["service_name"] !== undefined && rule, JSON.stringify(labels));
        assert.ok(annotations["summary"]?.includes(labels["service_name"]), annotations["summary"]);
        assert.doesNotMatch(annotations["summary"] ?? "", /\{\{|<error|<no value>/);
        assert.equal(annotations["runbook_url"], rule.annotations["runbook_url"]);
      }
      assert.deepEqual(await running.failedRules(), []);
    });
  });
}
