import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { type Receiver, startReceiver } from "@seaworthy/otlp-receiver";
import { type ProcessOptions, type RunningProcess, startProcess } from "../harness/process.ts";
import type { Scope } from "../harness/scope.ts";
import { baseFile } from "./configurations.ts";
import { type KubePod, startKubeApi } from "./kube-api.ts";
import { type Ports, type RunningCollector, type Settings, freePorts, startCollector } from "./run-collector.ts";

/** The node of every agent here. */
export const node = "node-1";

/** Starts one of the two tiers again, or for the first time, where it was. */
export interface Tier {
  readonly ports: Ports;
  start(settings?: Settings): Promise<RunningCollector>;
}

/** The road of telemetry: agent, gateway, and the back end that stands for all three. */
export interface Road {
  readonly backEnd: Receiver;
  readonly agent: RunningCollector;
  readonly gateway: RunningCollector;
  readonly agentTier: Tier;
  readonly gatewayTier: Tier;
}

export interface RoadOptions {
  readonly pods?: readonly KubePod[];
  /** Of the gateway. Times are short by default, and every trace is kept. */
  readonly gatewayEnv?: Readonly<Record<string, string>>;
  readonly gatewayOverlays?: readonly string[];
  readonly agentEnv?: Readonly<Record<string, string>>;
  readonly agentOverlays?: readonly string[];
  /** Of the first agent. */
  readonly agentSettings?: Settings;
}

/** Times that do not keep a test waiting. */
const impatient = {
  DECISION_WAIT: "500ms",
  SPAN_METRICS_INTERVAL: "500ms",
  RETRY_INITIAL_INTERVAL: "200ms",
  RETRY_MAX_INTERVAL: "1s",
  KEPT_PERCENTAGE: "100",
};

/** A back end that keeps all that a test sends, until its scope is over. */
export async function openBackEnd(t: Scope): Promise<Receiver> {
  const backEnd = await startReceiver({ port: 0, keep: 1_000_000 });
  t.after(async () => {
    await backEnd[Symbol.asyncDispose]();
  });
  return backEnd;
}

/** Opens a back end, and starts a gateway and an agent before it with the checked-in files. */
export async function openRoad(t: Scope, otelcol: string, options: RoadOptions = {}): Promise<Road> {
  const backEnd = await openBackEnd(t);
  const gatewayTier = await gatewayBefore(t, otelcol, backEnd, options);
  const env = { GATEWAY_ENDPOINT: `127.0.0.1:${gatewayTier.ports.grpc}`, ...options.agentEnv };
  const agentTier = await agentOn(t, otelcol, { ...options, agentEnv: env });
  const [gateway, agent] = await Promise.all([gatewayTier.start(), agentTier.start(options.agentSettings)]);
  return { backEnd, agent, gateway, agentTier, gatewayTier };
}

/** A gateway before a back end, which keeps its queue as long as its scope lasts. */
export async function gatewayBefore(
  t: Scope,
  otelcol: string,
  { url }: Receiver,
  { gatewayEnv, gatewayOverlays = [] }: RoadOptions = {},
): Promise<Tier> {
  const folder = mkdtempSync(join(tmpdir(), "seaworthy-queue-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const backEnds = { TRACES_URL: url, LOGS_URL: url, METRICS_URL: url, QUEUE_DIRECTORY: folder };
  const env = { ...impatient, ...backEnds, ...gatewayEnv };
  return tier(t, otelcol, [baseFile("gateway"), ...gatewayOverlays], env);
}

/** An agent on a node with some pods. Its environment names its gateway. */
export async function agentOn(
  t: Scope,
  otelcol: string,
  { pods = [], agentEnv, agentOverlays = [] }: RoadOptions,
): Promise<Tier> {
  const { kubeconfig } = await startKubeApi(t, pods);
  const env = { NODE_NAME: node, K8S_AUTH_TYPE: "kubeConfig", KUBECONFIG: kubeconfig, ...agentEnv };
  return tier(t, otelcol, [baseFile("agent"), ...agentOverlays], env);
}

async function tier(
  t: Scope,
  otelcol: string,
  files: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<Tier> {
  const ports = await freePorts();
  return {
    ports,
    start: (settings = {}) => startCollector(t, otelcol, files, { env, settings: [settings] }, ports),
  };
}

/** Telemetry on and soon sent, and a stop that waits for nobody. */
const surroundings = {
  OTEL_SDK_DISABLED: "false",
  OTEL_BSP_SCHEDULE_DELAY: "200",
  OTEL_BLRP_SCHEDULE_DELAY: "200",
  OTEL_METRIC_EXPORT_INTERVAL: "1000",
  OTEL_METRIC_EXPORT_TIMEOUT: "1000",
  SEAWORTHY_GRACE_PERIOD_SECONDS: "20",
  SEAWORTHY_DRAIN_WINDOW_MIN_MS: "0",
  SEAWORTHY_DRAIN_WINDOW_QUIET_MS: "0",
  SEAWORTHY_LINGER_MS: "50",
};

/** Starts a fixture that sends to an agent. */
export function startSender(
  t: TestContext,
  fixture: string,
  endpoint: string,
  options: ProcessOptions = {},
): RunningProcess {
  return startProcess(t, new URL(`fixtures/${fixture}`, import.meta.url), {
    cwd: import.meta.dirname,
    ...options,
    env: { ...surroundings, OTEL_EXPORTER_OTLP_ENDPOINT: endpoint, ...options.env },
  });
}

/** Starts the shop, which has no line of Seaworthy, and waits until it listens. */
export async function startShop(
  t: TestContext,
  { agent }: Road,
  env: Readonly<Record<string, string>> = {},
): Promise<{ readonly service: RunningProcess; readonly url: string }> {
  const service = startSender(t, "shop.mjs", agent.url, { flags: ["--import", "seaworthy/register"], env });
  const [, port] = await service.until(/port (\d+)/);
  return { service, url: `http://localhost:${port}` };
}
