import { optionError } from "@seaworthy/lifecycle";
import { type Gate, type SafeGate, resolveGates } from "./gates.ts";

/** When a result changes the status of a check. */
export interface HysteresisOptions {
  /** Failures in a row before the check fails. Default 1. */
  readonly failAfter?: number;
  /** Passes in a row before a failing check passes again. Default 1. */
  readonly passAfter?: number;
}

/** Which probe a check can fail. Failing liveness has to be asked for by the name of what it costs. */
export type GateOptions =
  | {
      /** The probe or probes that the check can fail, or `none`. Default `readiness`. */
      readonly gates?: SafeGate | readonly SafeGate[];
    }
  | {
      readonly gates: "liveness" | readonly Exclude<Gate, "none">[];
      /** Says that a failure of this check is to restart the container, and that nothing less would mend it. */
      readonly failureRestartsContainer: true;
      /** For this long after its registration, in milliseconds, the check cannot fail liveness. Default 0. */
      readonly livenessGraceMs?: number;
    };

/** Options of a check that runs on its own interval. */
export type CheckOptions = HysteresisOptions &
  GateOptions & {
    /** From the start of one run to the start of the next, in milliseconds. Default 5 000. */
    readonly intervalMs?: number;
    /** A run that takes longer fails, and its signal aborts. In milliseconds; default 1 000. */
    readonly timeoutMs?: number;
    /** A result older than this, in milliseconds, no longer counts. Default: three intervals and a time-out. */
    readonly staleAfterMs?: number;
    /** How far an interval may stray, as a fraction, so that replicas do not ask in step. Default 0.1. */
    readonly jitter?: number;
  };

/** Options of a check whose results are pushed. */
export type PushCheckOptions = HysteresisOptions &
  GateOptions & {
    /** A result older than this, in milliseconds, no longer counts. Default: results do not age. */
    readonly staleAfterMs?: number;
  };

/** The defaults of {@link CheckOptions}. */
export const checkDefaults = {
  gates: "readiness",
  intervalMs: 5_000,
  timeoutMs: 1_000,
  failAfter: 1,
  passAfter: 1,
  staleAfterMs: undefined,
  jitter: 0.1,
  livenessGraceMs: 0,
  failureRestartsContainer: undefined,
} as const;

/** What the state of any check needs. */
export interface ResolvedStateOptions {
  readonly gates: readonly Gate[];
  readonly failAfter: number;
  readonly passAfter: number;
  readonly staleAfterMs: number;
  readonly livenessGraceMs: number;
}

/** What a check that runs needs besides. */
export interface ResolvedCheckOptions extends ResolvedStateOptions {
  readonly intervalMs: number;
  readonly timeoutMs: number;
  readonly jitter: number;
}

/** Fills in the defaults. @throws `ERR_SEAWORTHY_OPTION`, `ERR_SEAWORTHY_LIVENESS_GATE` */
export function resolveCheckOptions(name: string, options: CheckOptions = {}): ResolvedCheckOptions {
  const intervalMs = atLeast("intervalMs", options.intervalMs ?? checkDefaults.intervalMs, 1);
  const timeoutMs = atLeast("timeoutMs", options.timeoutMs ?? checkDefaults.timeoutMs, 1);
  const jitter = atLeast("jitter", options.jitter ?? checkDefaults.jitter, 0);
  if (jitter >= 1) throw optionError("jitter", "a fraction below 1", jitter, "Use 0.1 for a tenth of the interval.");
  return {
    ...resolveStateOptions(name, { staleAfterMs: 3 * intervalMs + timeoutMs, ...withoutUndefined(options) }),
    intervalMs,
    timeoutMs,
    jitter,
  };
}

/** Fills in the defaults. @throws `ERR_SEAWORTHY_OPTION`, `ERR_SEAWORTHY_LIVENESS_GATE` */
export function resolveStateOptions(name: string, options: PushCheckOptions = {}): ResolvedStateOptions {
  const { livenessGraceMs, failureRestartsContainer } = {
    livenessGraceMs: undefined,
    failureRestartsContainer: undefined,
    ...options,
  };
  const { failAfter = checkDefaults.failAfter, passAfter = checkDefaults.passAfter, staleAfterMs } = options;
  return {
    gates: resolveGates(name, options.gates ?? checkDefaults.gates, failureRestartsContainer),
    failAfter: count("failAfter", failAfter),
    passAfter: count("passAfter", passAfter),
    staleAfterMs: staleAfterMs === undefined ? Infinity : atLeast("staleAfterMs", staleAfterMs, 1),
    livenessGraceMs: atLeast("livenessGraceMs", livenessGraceMs ?? checkDefaults.livenessGraceMs, 0),
  };
}

function atLeast(option: string, value: unknown, least: number): number {
  if (typeof value === "number" && Number.isFinite(value) && value >= least) return value;
  throw optionError(option, `a number of at least ${least}`, value, "Leave it out for the default.");
}

function count(option: string, value: unknown): number {
  if (Number.isSafeInteger(value) && Number(value) >= 1) return Number(value);
  throw optionError(option, "a whole number of at least 1", value, "Leave it out for the default, 1.");
}

function withoutUndefined<T extends object>(options: T): T {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as T;
}
