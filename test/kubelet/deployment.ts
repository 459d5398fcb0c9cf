import { setTimeout } from "node:timers/promises";
import type { Scope } from "../harness/scope.ts";
import type { EndpointSlice } from "./endpoint-slice.ts";
import type { PodSpec } from "./pod-spec.ts";
import { type Pod, runPod } from "./pod.ts";

/** So many pods of one kind. */
export interface Deployment {
  /** The pods there should be. */
  readonly pods: readonly Pod[];
  /** Replaces every pod, as `kubectl rollout restart` does. */
  restart(): Promise<void>;
  /** Waits until every pod that was replaced has gone, and gives all of them. */
  replaced(): Promise<readonly Pod[]>;
}

/** Starts the pods and waits until all are ready. */
export async function deploy(
  scope: Scope,
  spec: PodSpec,
  { replicas, slice }: { readonly replicas: number; readonly slice: EndpointSlice },
): Promise<Deployment> {
  let count = 0;
  const run = (): Pod => runPod(scope, `pod-${(count += 1)}`, spec, slice);
  const pods = Array.from({ length: replicas }, run);
  const old: { readonly pod: Pod; readonly gone: Promise<void> }[] = [];
  await Promise.all(pods.map(untilReady));
  return {
    pods,
    /** maxSurge 1, maxUnavailable 0. Nobody waits for a pod that is going (`pkg/controller/deployment/rolling.go`). */
    async restart() {
      for (const pod of pods.slice()) {
        const next = run();
        await untilReady(next);
        pods.splice(pods.indexOf(pod), 1, next);
        old.push({ pod, gone: pod.delete() });
      }
    },
    async replaced() {
      await Promise.all(old.map(({ gone }) => gone));
      return old.map(({ pod }) => pod);
    },
  };
}

async function untilReady(pod: Pod): Promise<void> {
  while (!pod.isReady()) {
    if (pod.restarts() > 0) throw new Error(`${pod.name} ended before it was ready.\n${pod.lastWords()}`);
    await setTimeout(5);
  }
}
