import { setTimeout } from "node:timers/promises";
import type { Container } from "./container.ts";
import { httpGet } from "./http-get.ts";
import type { Probe } from "./pod-spec.ts";

export type ProbeKind = "startup" | "liveness" | "readiness";
export type Result = "success" | "failure" | "unknown";

/** What a prober has to know of its pod. */
export interface Probed {
  readonly container: Container;
  isStarted(): boolean;
  isDeleted(): boolean;
}

/** Asks one probe of one pod, every period (`pkg/kubelet/prober/worker.go`). */
export interface Prober {
  /** The result for the container there is now, which knows nothing of the one before it. */
  result(): Result;
  readonly over: Promise<void>;
}

/** What holds before a probe has been asked often enough: not ready, but alive. */
const initial: Readonly<Record<ProbeKind, Result>> = { startup: "unknown", liveness: "success", readiness: "failure" };

/** Calls back at each change of the result, until the signal aborts. */
export function startProber(
  kind: ProbeKind,
  probe: Probe,
  pod: Probed,
  { signal, onResult }: { readonly signal: AbortSignal; readonly onResult: (result: Result) => void },
): Prober {
  let containerId = pod.container.id;
  let result = initial[kind];
  let last: { readonly outcome: Result; readonly times: number } = { outcome: "unknown", times: 0 };
  let onHold = false;

  const set = (next: Result): void => {
    if (next === result) return;
    result = next;
    onResult(next);
  };

  /** Returns whether to go on. */
  const doProbe = async (): Promise<boolean> => {
    const { container } = pod;
    if (containerId !== container.id) {
      containerId = container.id;
      onHold = false;
      last = { outcome: "unknown", times: 0 };
      set(initial[kind]);
    }
    // A container that failed its liveness or startup probe is not asked again: a new one will come.
    if (onHold) return true;
    if (!container.isRunning()) {
      set("failure");
      return true;
    }
    // A pod that is being deleted is not killed for being slow about it; readiness goes on.
    if (pod.isDeleted() && kind !== "readiness") {
      set("success");
      return false;
    }
    if (performance.now() - container.startedAt < probe.initialDelayMs) return true;
    // Startup holds the other two back, and is not asked again once it has passed.
    if (pod.isStarted() === (kind === "startup")) return true;

    const outcome = await ask(probe, container);
    if (container.id !== containerId || signal.aborted) return true;
    last = { outcome, times: outcome === last.outcome ? last.times + 1 : 1 };
    if (last.times < (outcome === "failure" ? probe.failureThreshold : probe.successThreshold)) return true;
    set(outcome);
    if (outcome === "failure" && kind !== "readiness") onHold = true;
    return true;
  };

  const run = async (): Promise<void> => {
    const period = (): Promise<void> => setTimeout(probe.periodMs, undefined, { signal }).catch(() => {});
    for (let goOn = true; goOn && !signal.aborted;) [goOn] = await Promise.all([doProbe(), period()]);
  };
  return { result: () => (containerId === pod.container.id ? result : initial[kind]), over: run() };
}

/** Any status from 200 to 399 passes; an error and a time-out fail (`pkg/probe/http/http.go`). */
async function ask({ path, timeoutMs }: Probe, container: Container): Promise<Result> {
  const port = container.ports()?.probes;
  if (port === undefined) return "failure";
  const status = (await httpGet({ port, path, timeoutMs, userAgent: "kube-probe/1.34" })) ?? 0;
  return status >= 200 && status < 400 ? "success" : "failure";
}
