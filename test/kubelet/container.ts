import { type Ending, type RunningProcess, startProcess } from "../harness/process.ts";
import type { Scope } from "../harness/scope.ts";
import type { PodSpec } from "./pod-spec.ts";

/** Where a container listens. In a cluster these would be the same for every pod, on its own address. */
export interface Ports {
  readonly app: number;
  readonly probes: number;
}

/** One run of a container: a restart makes another one, with another id. */
export interface Container {
  readonly id: number;
  readonly process: RunningProcess;
  readonly startedAt: number;
  /** None until it listens. */
  ports(): Ports | undefined;
  isRunning(): boolean;
  readonly ended: Promise<Ending>;
}

let lastId = 0;

export function runContainer(scope: Scope, { file, env, terminationGracePeriodMs }: PodSpec): Container {
  const process = startProcess(scope, file, {
    env: { SEAWORTHY_GRACE_PERIOD_SECONDS: String(terminationGracePeriodMs / 1_000), SEAWORTHY_LOG: "json", ...env },
  });
  let ports: Ports | undefined;
  let running = true;
  const listens = process.until(/ports (\d+) (\d+)/).then(
    ([, app, probes]) => void (ports = { app: Number(app), probes: Number(probes) }),
    () => {},
  );
  const ended = process.ended.then(async (ending) => {
    await listens;
    ports = undefined;
    running = false;
    return ending;
  });
  lastId += 1;
  return {
    id: lastId,
    process,
    startedAt: performance.now(),
    ports: () => ports,
    isRunning: () => running,
    ended,
  };
}
