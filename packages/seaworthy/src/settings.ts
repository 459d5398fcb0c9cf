import { SeaworthyError, describe } from "@seaworthy/lifecycle";
import type { SeaworthyErrorCode } from "./errors.ts";
import { nearest } from "./nearest.ts";
import type { StartOptions } from "./options.ts";

/** Reads the text of a variable; `undefined` when it makes no sense. */
interface Reader {
  readonly expected: string;
  read(text: string): unknown;
}

const text: Reader = { expected: "some text", read: (value) => value };
const urlPath: Reader = {
  expected: "a path that begins with a slash and does not end with one",
  read: (value) => (/^\/.*[^/]$/.test(value) ? value : undefined),
};
const urlPathOrOff: Reader = {
  expected: `${urlPath.expected}, or "off"`,
  read: (value) => (value === "off" ? false : urlPath.read(value)),
};
const milliseconds: Reader = { expected: "a number of milliseconds", read: numberIn };
const seconds: Reader = {
  expected: "a number of seconds, more than 0",
  read: (value) => {
    const number = numberIn(value);
    return number ? number * 1_000 : undefined;
  },
};
const port: Reader = {
  expected: 'a port from 0 to 65535, or "off"',
  read: (value) =>
    value === "off" ? false : /^\d{1,5}$/.test(value) && Number(value) < 65_536 ? Number(value) : undefined,
};
const flag: Reader = {
  expected: '"true" or "false"',
  read: (value) => (value === "true" ? true : value === "false" ? false : undefined),
};
const names: Reader = {
  expected: "names with commas between them",
  read: (value) => value.split(",").map((name) => name.trim()),
};
const oneOf = (...values: readonly string[]): Reader => ({
  expected: values.map((value) => `"${value}"`).join(" or "),
  read: (value) => (values.includes(value) ? value : undefined),
});
const log: Reader = {
  expected: '"json", "text" or "off"',
  read: (value) => (value === "off" ? false : value === "json" || value === "text" ? value : undefined),
};

/** Every option that the environment can set: the name of its variable, and how the variable reads. */
const settings: Readonly<Record<string, readonly [variable: string, reader?: Reader]>> = {
  // Telemetry reads that itself, as the specification has it.
  name: ["OTEL_SERVICE_NAME"],
  gracePeriodMs: ["SEAWORTHY_GRACE_PERIOD_SECONDS", seconds],
  exitReserveMs: ["SEAWORTHY_EXIT_RESERVE_MS", milliseconds],
  stopTailMs: ["SEAWORTHY_STOP_TAIL_MS", milliseconds],
  fatalBudgetMs: ["SEAWORTHY_FATAL_BUDGET_MS", milliseconds],
  "drainWindow.minMs": ["SEAWORTHY_DRAIN_WINDOW_MIN_MS", milliseconds],
  "drainWindow.maxMs": ["SEAWORTHY_DRAIN_WINDOW_MAX_MS", milliseconds],
  "drainWindow.quietMs": ["SEAWORTHY_DRAIN_WINDOW_QUIET_MS", milliseconds],
  "preStop.stopWithinMs": ["SEAWORTHY_PRESTOP_STOP_WITHIN_MS", milliseconds],
  "preStop.withoutStop": ["SEAWORTHY_PRESTOP_WITHOUT_STOP", oneOf("return", "stay")],
  lingerMs: ["SEAWORTHY_LINGER_MS", milliseconds],
  longLivedMs: ["SEAWORTHY_LONG_LIVED_MS", milliseconds],
  osSignals: ["SEAWORTHY_OS_SIGNALS", names],
  fatalErrors: ["SEAWORTHY_FATAL_ERRORS", flag],
  probePort: ["SEAWORTHY_PROBE_PORT", port],
  probeHost: ["SEAWORTHY_PROBE_HOST", text],
  "probePaths.startup": ["SEAWORTHY_STARTUP_PATH", urlPath],
  "probePaths.liveness": ["SEAWORTHY_LIVENESS_PATH", urlPath],
  "probePaths.readiness": ["SEAWORTHY_READINESS_PATH", urlPath],
  showReasons: ["SEAWORTHY_SHOW_REASONS", flag],
  onPortInUse: ["SEAWORTHY_ON_PORT_IN_USE", oneOf("fail", "fallback")],
  probeThread: ["SEAWORTHY_PROBE_THREAD", flag],
  stallLimitMs: ["SEAWORTHY_STALL_LIMIT_MS", milliseconds],
  readinessStallLimitMs: ["SEAWORTHY_READINESS_STALL_LIMIT_MS", milliseconds],
  preStopPath: ["SEAWORTHY_PRESTOP_PATH", urlPathOrOff],
  preStopToken: ["SEAWORTHY_PRESTOP_TOKEN", text],
  readinessWhileDraining: ["SEAWORTHY_READINESS_WHILE_DRAINING", oneOf("fail", "pass")],
  startedWhen: ["SEAWORTHY_STARTED_WHEN", oneOf("marked", "listening")],
  telemetry: ["SEAWORTHY_TELEMETRY", flag],
  log: ["SEAWORTHY_LOG", log],
};

/** The variable of each option, by the option's path. */
export const seaworthyEnvironment: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries(settings).map(([option, [variable]]) => [option, variable]),
);

/**
 * Puts what the environment sets under what the code sets.
 *
 * @throws `ERR_SEAWORTHY_ENVIRONMENT` for a variable that does not read, or whose name begins with `SEAWORTHY_` and
 * is none of ours.
 */
export function withEnvironment(options: StartOptions, environment: Readonly<NodeJS.ProcessEnv>): StartOptions {
  for (const [variable, value = ""] of Object.entries(environment)) assertKnown(variable, value.trim());
  const merged: Record<string, unknown> = {};
  for (const [path, [variable, reader]] of Object.entries(settings)) {
    const value = environment[variable]?.trim() ?? "";
    if (reader === undefined || value === "" || isServiceLink(variable, value)) continue;
    const [option = "", part] = path.split(".");
    const read = readVariable(variable, value, reader);
    merged[option] = part === undefined ? read : { ...(merged[option] as object | undefined), [part]: read };
  }
  for (const [option, value] of given(options)) {
    const nested = Object.keys(settings).some((path) => path.startsWith(`${option}.`));
    merged[option] = nested
      ? { ...(merged[option] as object | undefined), ...Object.fromEntries(given(value)) }
      : value;
  }
  return merged;
}

/** What is set to `undefined` is not set. */
const given = (options: object): [name: string, value: object][] =>
  Object.entries(options).filter(([, value]) => value !== undefined);

function readVariable(variable: string, value: string, { expected, read }: Reader): unknown {
  const result = read(value);
  if (result !== undefined) return result;
  throw environmentError(`${variable} to be ${expected}`, describe(value), "Correct it, or unset it for the default.");
}

function assertKnown(variable: string, value: string): void {
  if (!variable.startsWith("SEAWORTHY_") || value === "" || isServiceLink(variable, value)) return;
  const known = Object.values(seaworthyEnvironment);
  if (known.includes(variable)) return;
  throw environmentError(
    "a variable that begins with SEAWORTHY_ to be one of ours",
    variable,
    `Did you mean ${nearest(variable, known)}? The README lists all of them.`,
  );
}

/** Kubernetes sets such variables in every pod beside a Service whose name begins with `seaworthy`. */
function isServiceLink(variable: string, value: string): boolean {
  return (
    /_SERVICE_(HOST|PORT(_\w+)?)$|_PORT_\d+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?$/.test(variable) ||
    (variable.endsWith("_PORT") && /^(tcp|udp|sctp):\/\//.test(value))
  );
}

function environmentError(expected: string, got: string, fix: string): SeaworthyError {
  const code: SeaworthyErrorCode = "ERR_SEAWORTHY_ENVIRONMENT";
  return new SeaworthyError(code, { expected, got, fix });
}

function numberIn(value: string): number | undefined {
  return /^\d+(\.\d+)?$/.test(value) ? Number(value) : undefined;
}
