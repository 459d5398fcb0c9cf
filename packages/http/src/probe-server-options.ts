import type { Heartbeat } from "@seaworthy/health";
import { describe, optionError } from "@seaworthy/lifecycle";
import { type ProbeOptions, type ResolvedProbeOptions, assertReachable, resolveProbeOptions } from "./probe-options.ts";
import type { ProbeRoutes } from "./probe-routes.ts";

/** Options of the probe server. */
export interface ProbeServerOptions extends ProbeOptions {
  /** The port; 0 picks a free one. Default 9464, the one OpenTelemetry has for Prometheus. */
  readonly port?: number;
  /** The address to listen on. Default: all of them, IPv6 and IPv4. */
  readonly host?: string;
  /** Whether a port in use is an error (`fail`), or another one is picked and told (`fallback`). Default `fail`. */
  readonly onPortInUse?: "fail" | "fallback";
  /** Whether it answers from a thread of its own, also while the main thread is blocked. Default `true`. */
  readonly thread?: boolean;
  /** How long the main thread may be blocked before liveness fails, in milliseconds. Default 30 000. */
  readonly stallLimitMs?: number;
  /** How long it may be blocked before startup and readiness fail, in milliseconds. Default 3 000. */
  readonly readinessStallLimitMs?: number;
  /** What else is answered there, by path, on the main thread. */
  readonly routes?: ProbeRoutes;
}

/** {@link ProbeServerOptions} with every default in its place. */
export interface ResolvedProbeServerOptions extends Required<
  Pick<ProbeServerOptions, "port" | "onPortInUse" | "thread" | "routes">
> {
  readonly host: string | undefined;
  readonly probes: ResolvedProbeOptions;
  readonly limits: Omit<Heartbeat, "ageMs">;
}

/** The defaults of {@link ProbeServerOptions}, beside those of `ProbeOptions`. */
export const probeServerDefaults = {
  port: 9464,
  host: undefined,
  onPortInUse: "fail",
  thread: true,
  stallLimitMs: 30_000,
  readinessStallLimitMs: 3_000,
} as const;

/** A heartbeat is up to a second old in a healthy process, and two after it was stopped: less would fail at random. */
const leastLimitMs = 2_500;

/** Fills in the defaults. @throws `ERR_SEAWORTHY_OPTION` */
export function resolveProbeServerOptions(options: ProbeServerOptions): ResolvedProbeServerOptions {
  const { port, host, onPortInUse, thread, stallLimitMs, readinessStallLimitMs } = {
    ...probeServerDefaults,
    ...Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)),
  } as typeof probeServerDefaults & ProbeServerOptions;
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    throw optionError("port", "a whole number from 0 to 65535", port, "Leave it out for 9464; 0 picks a free port.");
  }
  if (onPortInUse !== "fail" && onPortInUse !== "fallback") {
    throw optionError("onPortInUse", '"fail" or "fallback"', onPortInUse, "Leave it out for fail.");
  }
  if (typeof thread !== "boolean") {
    throw optionError("thread", "true or false", thread, "Leave it out for a thread of its own.");
  }
  assertLimit("stallLimitMs", stallLimitMs);
  assertLimit("readinessStallLimitMs", readinessStallLimitMs);
  if (readinessStallLimitMs > stallLimitMs) {
    throw optionError(
      "readinessStallLimitMs",
      `at most stallLimitMs, ${stallLimitMs}`,
      readinessStallLimitMs,
      "A blocked service leaves rotation before it is restarted.",
    );
  }
  const probes = resolveProbeOptions(options);
  return {
    port,
    host,
    onPortInUse,
    thread,
    routes: resolveRoutes(options.routes, probes),
    probes,
    limits: { livenessLimitMs: stallLimitMs, readinessLimitMs: readinessStallLimitMs },
  };
}

function assertLimit(option: "stallLimitMs" | "readinessStallLimitMs", value: unknown): void {
  if (typeof value === "number" && Number.isFinite(value) && value >= leastLimitMs) return;
  const fix = `Leave it out for ${probeServerDefaults[option]}.`;
  throw optionError(option, `a number of milliseconds, at least ${leastLimitMs}`, value, fix);
}

function resolveRoutes(routes: ProbeRoutes = {}, { paths, preStopPath }: ResolvedProbeOptions): ProbeRoutes {
  for (const [path, route] of Object.entries(routes)) {
    assertReachable("routes", path, paths);
    if (path === preStopPath) throw optionError("routes", "no path that is preStopPath", path, "Give it another one.");
    if (path.startsWith("/") && typeof route === "function") continue;
    const got = `${path}: ${describe(route)}`;
    throw optionError("routes", "functions by paths that begin with a slash", got, "Such as { '/metrics': answer }.");
  }
  return routes;
}
