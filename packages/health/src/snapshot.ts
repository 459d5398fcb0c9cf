import type { Phase } from "@seaworthy/lifecycle";
import type { Gate } from "./gates.ts";

/** What is known of a check: `unknown` until its first result. */
export type CheckStatus = "unknown" | "pass" | "fail";

/** All that is known of one check at one moment. */
export interface CheckSnapshot {
  readonly name: string;
  readonly gates: readonly Gate[];
  readonly status: CheckStatus;
  /** Whether the status has ever been `pass`. */
  readonly everPassed: boolean;
  /** Whether the last result is too old to count. */
  readonly stale: boolean;
  /** Whether the check is too young to fail liveness. */
  readonly inLivenessGrace: boolean;
  /** When the last result came, in Unix milliseconds. */
  readonly observedAt?: number;
  /** How long the last run took, in milliseconds. */
  readonly durationMs?: number;
  /** When the next result is due after the last one, in milliseconds. */
  readonly intervalMs?: number;
  /** Why it does not pass: the message of what was thrown. Not for strangers. */
  readonly reason?: string;
}

/**
 * All that a probe is answered from, as plain data: it can be posted to another thread and answered there. Nothing
 * waits and no check runs to make one.
 */
export interface HealthSnapshot {
  readonly phase: Phase;
  /** Whether the service asks to be routed away from: while draining, and in the window of a preStop hook. */
  readonly leaving: boolean;
  /** Whether the listeners have been told to close. */
  readonly windowOver: boolean;
  readonly readinessWhileDraining: ReadinessWhileDraining;
  /** The startup tasks that have not settled. */
  readonly startupPending: readonly string[];
  readonly checks: readonly CheckSnapshot[];
  /** What is known of the thread that made this, where another one answers. */
  readonly heartbeat?: Heartbeat;
}

/** How long a thread has not come round, and how long each probe bears with it. */
export interface Heartbeat {
  readonly ageMs: number;
  /** Startup and readiness fail beyond this. */
  readonly readinessLimitMs: number;
  /** Liveness fails beyond this. */
  readonly livenessLimitMs: number;
}

/**
 * What readiness says between the start of a drain and the closing of the listeners: `fail` moves traffic at once, as
 * load balancers with health checks expect; `pass` keeps the pod a *serving* endpoint while it terminates, which a
 * single replica or `externalTrafficPolicy: Local` needs (kubernetes/enhancements KEP-1669).
 */
export type ReadinessWhileDraining = "fail" | "pass";
