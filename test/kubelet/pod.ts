import type { Scope } from "../harness/scope.ts";
import { type Container, runContainer } from "./container.ts";
import type { EndpointSlice } from "./endpoint-slice.ts";
import type { PodSpec } from "./pod-spec.ts";
import { type Probed, type ProbeKind, type Prober, startProber } from "./prober.ts";
import { type Termination, killContainer } from "./termination.ts";

/** A pod on its node, looked after by its kubelet (`pkg/kubelet/kubelet.go`, SyncPod). */
export interface Pod extends Probed {
  readonly name: string;
  isReady(): boolean;
  /** How its containers were ended so far; all but the last were restarts. */
  readonly terminations: readonly Termination[];
  restarts(): number;
  /** What the container that was restarted last had written on stderr. */
  lastWords(): string;
  delete(): Promise<void>;
}

const kinds = ["startup", "liveness", "readiness"] as const;

export function runPod(scope: Scope, name: string, spec: PodSpec, slice: EndpointSlice): Pod {
  const over = new AbortController();
  const probers = new Map<ProbeKind, Prober>();
  const terminations: Termination[] = [];
  let container = runContainer(scope, spec);
  let ending: Promise<void> | undefined;
  let port: number | undefined;
  let deleted = false;
  let restarts = 0;
  let lastWords = "";

  const isStarted = (): boolean =>
    container.isRunning() && (probers.get("startup")?.result() ?? "success") === "success";
  const isReady = (): boolean => isStarted() && (probers.get("readiness")?.result() ?? "success") === "success";

  /** `pkg/controller/endpointslice`: a pod is told of with its deletion and with each change of its readiness. */
  const tell = (): void => {
    port = container.ports()?.app ?? port;
    if (port === undefined) return;
    const serving = isReady();
    slice.tell(name, { port, serving, terminating: deleted, ready: serving && !deleted });
  };

  const end = (ownGraceMs?: number): Promise<void> =>
    (ending ??= killContainer(container, spec, ownGraceMs).then((termination) => void terminations.push(termination)));

  /** The restart policy is Always. The first restart does not wait; the back-off of later ones is left out. */
  const restart = (): void => {
    if (deleted) return;
    restarts += 1;
    lastWords = container.process.stderr();
    ending = undefined;
    container = runContainer(scope, spec);
    look(container);
  };
  const look = ({ ended }: Container): void =>
    void ended.then(async () => {
      if (!deleted) tell();
      await ending;
      restart();
    });

  const onResult = (kind: ProbeKind): void => {
    const { [`${kind}Probe` as const]: probe } = spec;
    const failed = kind !== "readiness" && probers.get(kind)?.result() === "failure";
    if (failed && container.isRunning() && !deleted) void end(probe?.terminationGracePeriodMs);
    tell();
  };

  const pod: Pod = {
    name,
    get container() {
      return container;
    },
    isStarted,
    isReady,
    isDeleted: () => deleted,
    terminations,
    restarts: () => restarts,
    lastWords: () => lastWords,
    async delete() {
      deleted = true;
      tell();
      await end();
      over.abort();
      slice.tell(name, undefined);
    },
  };
  look(container);
  scope.after(() => {
    deleted = true;
    over.abort();
  });
  for (const kind of kinds) {
    const { [`${kind}Probe` as const]: probe } = spec;
    if (!probe) continue;
    probers.set(kind, startProber(kind, probe, pod, { signal: over.signal, onResult: () => onResult(kind) }));
  }
  return pod;
}
