/*
 * What it takes to answer a probe from plain data, and nothing else: a thread that only does that loads no more.
 */
export { type Probe, probes } from "./probe.ts";
export { type ProbeEntry, type ProbeResult, answerProbe } from "./probe-result.ts";
export type { HealthSnapshot, Heartbeat } from "./snapshot.ts";
export { type ExcludedResult, excludeChecks } from "./report/exclude.ts";
export { renderHealthJson } from "./report/health-json.ts";
export { renderJson } from "./report/json.ts";
export { renderText } from "./report/text.ts";
