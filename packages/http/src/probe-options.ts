import { type Probe, probes } from "@seaworthy/health";
import { SeaworthyError, describe, optionError } from "@seaworthy/lifecycle";
import type { HttpErrorCode } from "./errors.ts";

/** Options of whatever answers probes. */
export interface ProbeOptions {
  /** Where each probe is asked for. */
  readonly paths?: Partial<Readonly<Record<Probe, string>>>;
  /** Whether whoever can reach this listener may read why a check fails. Default `false`. */
  readonly showReasons?: boolean;
  /** Where a preStop hook is sent; `false` for nowhere. Default `/prestop`. */
  readonly preStopPath?: string | false;
  /**
   * What a preStop hook has to show (`Authorization: Bearer …`). Without one the probe server takes a hook from
   * whoever reaches it, and a handler on another port takes none.
   */
  readonly preStopToken?: string;
}

/** {@link ProbeOptions} with every default in its place. */
export interface ResolvedProbeOptions {
  readonly paths: Readonly<Record<Probe, string>>;
  readonly showReasons: boolean;
  readonly preStopPath: string | false;
  readonly preStopToken: string | undefined;
}

/** The defaults of {@link ProbeOptions}: the names that kube-apiserver uses. */
export const probeDefaults = {
  paths: { startup: "/startupz", liveness: "/livez", readiness: "/readyz" },
  showReasons: false,
  preStopPath: "/prestop",
  preStopToken: undefined,
} as const;

/** Fills in the defaults. @throws `ERR_SEAWORTHY_OPTION` */
export function resolveProbeOptions(options: ProbeOptions = {}): ResolvedProbeOptions {
  const { showReasons, preStopPath = probeDefaults.preStopPath, preStopToken } = options;
  const paths = { ...probeDefaults.paths, ...options.paths };
  for (const probe of probes) assertPath(`paths.${probe}`, paths[probe], probeDefaults.paths[probe]);
  if (preStopPath !== false) assertPath("preStopPath", preStopPath, probeDefaults.preStopPath);
  const all = Object.values(paths);
  if (new Set(all).size < all.length) {
    throw optionError("paths", "three different paths", all.join(", "), "Give each probe a path of its own.");
  }
  if (preStopPath !== false) assertReachable("preStopPath", preStopPath, paths);
  if (showReasons !== undefined && typeof showReasons !== "boolean") {
    throw optionError("showReasons", "true or false", showReasons, "Leave it out to withhold reasons.");
  }
  assertToken(preStopToken);
  return { paths, showReasons: showReasons ?? probeDefaults.showReasons, preStopPath, preStopToken };
}

/** All below a probe's path is the probe's. @throws `ERR_SEAWORTHY_OPTION` */
export function assertReachable(option: string, path: string, paths: ResolvedProbeOptions["paths"]): void {
  const above = Object.values(paths).find((own) => path === own || path.startsWith(`${own}/`));
  if (above === undefined) return;
  throw optionError(
    option,
    `a path that is not a probe's, ${above}, or below it`,
    path,
    "Give it one beside the probes.",
  );
}

function assertPath(option: string, path: unknown, defaultPath: string): void {
  if (typeof path === "string" && /^\/[\w.~/-]*[\w.~-]$/.test(path)) return;
  const expected = "a path that begins with a slash, does not end with one, and has no query";
  throw optionError(option, expected, path, `Leave it out for ${defaultPath}.`);
}

/** Short enough for a header, and hard to guess. Never shown: it is a secret. */
function assertToken(token: unknown): void {
  if (token === undefined || (typeof token === "string" && /^[\x21-\x7e]{16,512}$/.test(token))) return;
  const code: HttpErrorCode = "ERR_SEAWORTHY_OPTION";
  throw new SeaworthyError(code, {
    expected: "the `preStopToken` option to be 16 to 512 visible ASCII characters",
    got: typeof token === "string" ? `a text of ${token.length} characters` : describe(token),
    fix: "Make one with `openssl rand -hex 32`.",
  });
}
