// `npm start`: the orders service of examples/express, the Collector with collector/local.yaml, and Prometheus with
// collector/prometheus/prometheus.local.yml, each a process of its own. The service stops first, then the Collector, which
// hands on what it still holds, then Prometheus.

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { otelcol } from "../../collector/distribution/binary.ts";
import { prometheus } from "../../collector/prometheus/programs.ts";
import { run } from "../express/local/run.ts";
import { assertFree } from "./free-ports.ts";
import { type Part, startPart } from "./part.ts";
import { type Ports, portsFrom } from "./ports.ts";
import { prometheusConfiguration } from "./prometheus-configuration.ts";

const collector = otelcol();
const database = prometheus();
const missing = [collector, database].flatMap((program) => ("missing" in program ? [program.missing] : []));
if ("missing" in collector || "missing" in database) {
  for (const line of missing) console.error(line);
  process.exitCode = 1;
} else {
  await startAll(collector.path, database.path);
}

async function startAll(otelcolPath: string, prometheusPath: string): Promise<void> {
  const interruption = new AbortController();
  // From before the first part on: no part ends by itself when this process does.
  let tell = (osSignal: NodeJS.Signals): void => interruption.abort(osSignal);
  for (const osSignal of ["SIGINT", "SIGTERM"] as const) process.on(osSignal, () => tell(osSignal));

  const scratch = mkdtempSync(join(tmpdir(), "seaworthy-with-collector-"));
  const parts: Part[] = [];
  const start = async (part: Part, readyAt: string): Promise<void> => {
    parts.unshift(part);
    await part.ready(readyAt, interruption.signal);
  };
  try {
    const ports = portsFrom(process.env);
    await assertFree(ports);
    interruption.signal.throwIfAborted();
    const prometheusUrl = `http://127.0.0.1:${ports.prometheus}`;
    await start(
      startPart("prometheus", prometheusCommand(prometheusPath, ports, scratch), {
        env: process.env,
        log: join(scratch, "prometheus.log"),
      }),
      `${prometheusUrl}/-/ready`,
    );
    await start(
      startPart("collector", collectorCommand(otelcolPath, ports), {
        env: { ...process.env, PROMETHEUS_URL: prometheusUrl },
        log: join(scratch, "collector.log"),
        onLine: (line) => console.log(`collector │ ${line}`),
      }),
      `http://127.0.0.1:${ports.collectorHealth}`,
    );
    console.log(`The Collector takes OTLP on http://127.0.0.1:${ports.otlp}, and prints what arrives.`);
    console.log(`Prometheus answers on ${prometheusUrl}. The logs of both are in ${scratch}.`);
    const service = run("start.ts", { ...process.env, OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${ports.otlp}` });
    // Until a terminal or an orchestrator stops it.
    tell = (osSignal) => service.kill(osSignal);
    process.exitCode = await service.ended;
  } catch (error) {
    if (!interruption.signal.aborted) {
      console.error(error instanceof Error ? error.message : error);
      process.exitCode = 1;
    }
  } finally {
    for (const part of parts) await part.stop();
    rmSync(scratch, { recursive: true });
  }
  if (interruption.signal.aborted) endBy(interruption.signal.reason as NodeJS.Signals);
}

/** As if nobody had listened: a shell and npm see by which OS signal it ended. */
function endBy(osSignal: NodeJS.Signals): void {
  process.removeAllListeners(osSignal);
  process.kill(process.pid, osSignal);
}

function prometheusCommand(program: string, ports: Ports, scratch: string): [string, ...string[]] {
  const configuration = join(scratch, "prometheus.local.yml");
  writeFileSync(configuration, prometheusConfiguration(ports));
  return [
    program,
    `--config.file=${configuration}`,
    `--storage.tsdb.path=${join(scratch, "prometheus")}`,
    `--web.listen-address=127.0.0.1:${ports.prometheus}`,
    "--web.enable-otlp-receiver",
    "--enable-feature=created-timestamp-zero-ingestion,exemplar-storage",
  ];
}

function collectorCommand(program: string, ports: Ports): [string, ...string[]] {
  const settings = {
    "extensions::health_check::endpoint": ports.collectorHealth,
    "receivers::otlp::protocols::grpc::endpoint": ports.otlpGrpc,
    "receivers::otlp::protocols::http::endpoint": ports.otlp,
  };
  return [
    program,
    `--config=${join(import.meta.dirname, "../../collector/local.yaml")}`,
    ...Object.entries(settings).map(([setting, port]) => `--set=${setting}=127.0.0.1:${port}`),
    `--config=yaml:service::telemetry::metrics::readers: [{pull: {exporter: {prometheus: {host: 127.0.0.1, port: ${ports.collectorMetrics}}}}}]`,
  ];
}
