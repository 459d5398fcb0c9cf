import { type Probe, probes } from "@seaworthy/health";
import { optionError } from "@seaworthy/lifecycle";

/** Options of whatever answers probes. */
export interface ProbeOptions {
  /** Where each probe is asked for. */
  readonly paths?: Partial<Readonly<Record<Probe, string>>>;
  /** Whether whoever can reach this listener may read why a check fails. Default `false`. */
  readonly showReasons?: boolean;
}

/** {@link ProbeOptions} with every default in its place. */
export interface ResolvedProbeOptions {
  readonly paths: Readonly<Record<Probe, string>>;
  readonly showReasons: boolean;
}

/** The defaults of {@link ProbeOptions}: the names that kube-apiserver uses. */
export const probeDefaults = {
  paths: { startup: "/startupz", liveness: "/livez", readiness: "/readyz" },
  showReasons: false,
} as const;

/** Fills in the defaults. @throws `ERR_SEAWORTHY_OPTION` */
export function resolveProbeOptions({ paths = {}, showReasons }: ProbeOptions = {}): ResolvedProbeOptions {
  const all = { ...probeDefaults.paths, ...paths };
  for (const probe of probes) assertPath(probe, all[probe]);
  if (new Set(Object.values(all)).size < probes.length) {
    throw optionError("paths", "three different paths", JSON.stringify(all), "Give each probe a path of its own.");
  }
  if (showReasons !== undefined && typeof showReasons !== "boolean") {
    throw optionError("showReasons", "true or false", showReasons, "Leave it out to withhold reasons.");
  }
  return { paths: all, showReasons: showReasons ?? probeDefaults.showReasons };
}

function assertPath(probe: Probe, path: unknown): void {
  if (typeof path === "string" && /^\/[\w.~/-]*[\w.~-]$/.test(path)) return;
  const expected = "a path that begins with a slash, does not end with one, and has no query";
  throw optionError(`paths.${probe}`, expected, path, `Leave it out for ${probeDefaults.paths[probe]}.`);
}
