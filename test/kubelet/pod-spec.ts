/** A probe by `httpGet` on the probe port, with the names and defaults of a manifest, in milliseconds. */
export interface Probe {
  readonly path: string;
  readonly initialDelayMs: number;
  readonly periodMs: number;
  readonly timeoutMs: number;
  readonly failureThreshold: number;
  readonly successThreshold: number;
  /** For liveness and startup: the grace period of the kill that a failure leads to. */
  readonly terminationGracePeriodMs?: number;
}

/** What runs before SIGTERM: a request to the probe port, or a pause. */
export type PreStop = { readonly httpGet: string } | { readonly sleepMs: number };

/** A pod with one container, which is one process. */
export interface PodSpec {
  readonly file: URL;
  readonly env?: Readonly<Record<string, string>>;
  readonly startupProbe?: Probe;
  readonly livenessProbe?: Probe;
  readonly readinessProbe?: Probe;
  readonly preStop?: PreStop;
  readonly terminationGracePeriodMs: number;
}

/** Fills in what Kubernetes does (`pkg/apis/core/v1/defaults.go`, SetDefaults_Probe). */
export const probe = (path: string, set: Partial<Probe> = {}): Probe => ({
  path,
  initialDelayMs: 0,
  periodMs: 10_000,
  timeoutMs: 1_000,
  failureThreshold: 3,
  successThreshold: 1,
  ...set,
});
