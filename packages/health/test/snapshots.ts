import type { CheckSnapshot, HealthSnapshot } from "../src/snapshot.ts";

/** A readiness check that passed a moment ago, unless told otherwise. */
export const checkSnapshot = (name: string, told: Partial<CheckSnapshot> = {}): CheckSnapshot => ({
  name,
  gates: ["readiness"],
  status: "pass",
  everPassed: true,
  stale: false,
  inLivenessGrace: false,
  ...told,
});

/** A readiness check that failed for that reason. */
export const failing = (name: string, reason: string, told: Partial<CheckSnapshot> = {}): CheckSnapshot =>
  checkSnapshot(name, { status: "fail", reason, ...told });

/** A service that has started and has nothing else to say, unless told otherwise. */
export const healthSnapshot = (told: Partial<HealthSnapshot> = {}): HealthSnapshot => ({
  phase: "started",
  leaving: false,
  windowOver: false,
  readinessWhileDraining: "fail",
  startupPending: [],
  checks: [],
  ...told,
});
