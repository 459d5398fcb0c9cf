import { setTimeout } from "node:timers/promises";
import type { Ending } from "../harness/process.ts";
import type { Container } from "./container.ts";
import { httpGet } from "./http-get.ts";
import type { PodSpec, PreStop } from "./pod-spec.ts";

/** How a container was ended. */
export interface Termination {
  readonly ending: Ending;
  /** How long the preStop hook took. */
  readonly preStopMs: number;
  /** How long it took from SIGTERM to the end. */
  readonly stopMs: number;
  /** Whether it had to be ended by SIGKILL. */
  readonly isKilled: boolean;
}

/** `minimumGracePeriodInSeconds` of `pkg/kubelet/kuberuntime/kuberuntime_container.go`. */
const leastGraceMs = 2_000;

/**
 * preStop, SIGTERM, and SIGKILL when the grace period is over: `killContainer` of the same file. The path is one for
 * pods that are deleted and for containers that failed a probe; only the latter may bring a grace period of their own,
 * to which the minimum does not apply.
 */
export async function killContainer(
  container: Container,
  { preStop, terminationGracePeriodMs }: PodSpec,
  ownGraceMs?: number,
): Promise<Termination> {
  const graceMs = ownGraceMs ?? terminationGracePeriodMs;
  const begunAt = performance.now();
  if (preStop && graceMs > 0) await Promise.race([runPreStop(preStop, container), setTimeout(graceMs)]);
  const preStopMs = performance.now() - begunAt;
  // Only whole seconds count.
  const leftMs = graceMs - Math.floor(preStopMs / 1_000) * 1_000;
  const signalledAt = performance.now();
  container.process.kill("SIGTERM");
  const gone = new AbortController();
  let isKilled = false;
  setTimeout(Math.max(leftMs, ownGraceMs === undefined ? leastGraceMs : 0), undefined, { signal: gone.signal }).then(
    () => {
      isKilled = true;
      container.process.kill("SIGKILL");
    },
    () => {},
  );
  const ending = await container.ended;
  gone.abort();
  return { ending, preStopMs, stopMs: performance.now() - signalledAt, isKilled };
}

/** Nobody looks at the status code, and there is no time-out but the grace (`pkg/kubelet/lifecycle/handlers.go`). */
async function runPreStop(preStop: PreStop, container: Container): Promise<void> {
  if ("sleepMs" in preStop) return setTimeout(preStop.sleepMs);
  const port = container.ports()?.probes;
  if (port !== undefined) await httpGet({ port, path: preStop.httpGet, userAgent: "kube-lifecycle/1.34" });
}
