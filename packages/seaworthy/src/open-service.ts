import { createHealth } from "@seaworthy/health";
import {
  type ProbeOptions,
  type ProbeServer,
  describeAddress,
  drainServers,
  probeHandler,
  serveProbes,
} from "@seaworthy/http";
import {
  type Lifecycle,
  bindDefaults,
  bindProcess,
  createLifecycle,
  lifecycleDefaults,
  processLifecycle,
  version,
} from "@seaworthy/lifecycle";
import { type Logger, resolveLogger } from "./log.ts";
import { narrate } from "./narrate.ts";
import type { StartOptions } from "./options.ts";
import { probeServerOptions } from "./probe-server-options.ts";
import type { Service } from "./service.ts";
import { serviceNameIn } from "./service-name.ts";
import { prepareTelemetry, routesOf } from "./telemetry.ts";

/** Builds a service out of its life, its health and its doors. What can be refused is refused before anything opens. */
export function openService(options: StartOptions, env: Readonly<NodeJS.ProcessEnv>): Service {
  const inKubernetes = env["KUBERNETES_SERVICE_HOST"] !== undefined;
  const prepared = prepareTelemetry(options, env);
  const name = options.name ?? prepared?.serviceName ?? serviceNameIn(env) ?? "unknown_service:node";
  const { probePaths, preStopPath } = options;
  const onAppPort: ProbeOptions = {
    ...(probePaths && { paths: probePaths }),
    ...(preStopPath !== undefined && { preStopPath }),
  };
  const onProbePort = probeServerOptions(options, inKubernetes);
  const log = resolveLogger(options.log, name);
  const found = processLifecycle();
  const lifecycle = found ?? createLifecycle(options);
  const health = createHealth(lifecycle, options);

  const { servers, probeServer } = allOrNothing((undo) => {
    // Without a log nobody listens, and a crash is shown by the life itself.
    if (options.log !== false) undo.push(narrate(lifecycle, log, inKubernetes));
    introduce(log, name, lifecycle);
    if (found) tellIgnored(log, options);
    else undo.push(bindProcess(lifecycle, options));
    const drained = drainServers(lifecycle, {
      ...(options.lingerMs !== undefined && { lingerMs: options.lingerMs }),
      ...(options.longLivedMs !== undefined && { longLivedMs: options.longLivedMs }),
      ...(options.startedWhen === "listening" && { onServer: lifecycle.markStarted }),
    });
    undo.push(drained);
    // Before the probe server: what registers first is stopped last.
    const telemetry = prepared?.open(health, log);
    if (telemetry) undo.push(telemetry);
    return {
      servers: drained,
      probeServer: onProbePort && serveProbes(health, { ...onProbePort, ...routesOf(telemetry) }),
    };
  });
  if (probeServer) lifecycle.startup("probe server", announce(log, probeServer));
  return {
    name,
    lifecycle,
    health,
    get phase() {
      return lifecycle.phase;
    },
    intake: lifecycle.intake,
    work: lifecycle.work,
    whenStarted: lifecycle.whenStarted,
    whenStopped: lifecycle.whenStopped,
    whenProbesListen: probeServer?.whenListening ?? Promise.resolve(undefined),
    markStarted: lifecycle.markStarted,
    startup: lifecycle.startup,
    onDrain: lifecycle.onDrain,
    onStop: lifecycle.onStop,
    waitUntil: lifecycle.waitUntil,
    beginWork: lifecycle.beginWork,
    stop: lifecycle.stop,
    check: health.check,
    pushCheck: health.pushCheck,
    drain: servers.drain,
    ignore: servers.ignore,
    longLived: servers.longLived,
    probes: (own) => probeHandler(health, { ...onAppPort, ...own, paths: { ...probePaths, ...own?.paths } }),
  };
}

/** Takes back what was attached so far when a later part is refused. */
function allOrNothing<Result>(attach: (undo: Disposable[]) => Result): Result {
  const undo: Disposable[] = [];
  try {
    return attach(undo);
  } catch (error) {
    for (const part of undo.toReversed()) part[Symbol.dispose]();
    throw error;
  }
}

function introduce(log: Logger, name: string, { options }: Lifecycle): void {
  const { gracePeriodMs, drainWindow } = options;
  const seconds = (ms: number): number => Math.round(ms / 10) / 100;
  const window = `${seconds(drainWindow.minMs)} to ${seconds(drainWindow.maxMs)} s`;
  log.info(
    { version, gracePeriodMs, drainWindow },
    `Seaworthy ${version} looks after ${name}: grace period ${seconds(gracePeriodMs)} s, drain window ${window}.`,
  );
}

/** A life that someone else has bound keeps the options it was bound with. */
function tellIgnored(log: Logger, options: StartOptions): void {
  const ofTheLife: readonly string[] = Object.keys({ ...lifecycleDefaults, ...bindDefaults });
  const ignored = Object.keys(options).filter((option) => ofTheLife.includes(option));
  if (ignored.length === 0) return;
  log.warn({ ignored }, `This process had a life before start(): ${ignored.join(", ")} of that one stay in force.`);
}

async function announce(log: Logger, { whenListening }: ProbeServer): Promise<void> {
  const address = describeAddress(await whenListening);
  log.info({ address }, `Probes are answered on ${address}.`);
}
