// The health of one life
export { createHealth, type CheckReporter, type Health, type HealthOptions, healthDefaults } from "./health.ts";

// Checks
export type { Check, CheckContext } from "./check.ts";
export {
  type CheckOptions,
  type GateOptions,
  type HysteresisOptions,
  type PushCheckOptions,
  checkDefaults,
} from "./check-options.ts";
export type { Gate, SafeGate } from "./gates.ts";

// Probes, answered from plain data
export { type Probe, probes } from "./probe.ts";
export { type ProbeEntry, type ProbeResult, answerProbe } from "./probe-result.ts";
export type { CheckSnapshot, CheckStatus, HealthSnapshot, Heartbeat, ReadinessWhileDraining } from "./snapshot.ts";

// Reports
export { type ExcludedResult, excludeChecks } from "./report/exclude.ts";
export { renderHealthJson } from "./report/health-json.ts";
export { renderJson } from "./report/json.ts";
export type { ReportOptions } from "./report/options.ts";
export { renderText } from "./report/text.ts";

// What it tells
export { type HealthEvents, healthChannels } from "./channels.ts";
export { type HealthErrorCode, healthErrorCodes } from "./errors.ts";
