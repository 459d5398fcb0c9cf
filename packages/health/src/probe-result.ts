import type { Phase } from "@seaworthy/lifecycle";
import type { Probe } from "./probe.ts";
import type { CheckSnapshot, HealthSnapshot } from "./snapshot.ts";

/** One line of a probe's answer. */
export interface ProbeEntry {
  readonly name: string;
  /** `degraded` is a check without a gate that does not pass: worth a look, no failure. */
  readonly result: "pass" | "fail" | "degraded";
  /** Where the line comes from; only a check can be excluded or asked for by name. */
  readonly source: "ping" | "phase" | "heartbeat" | "startup" | "check";
  /** Why it does not pass. Lines about the process itself have nothing to hide; those about a check may. */
  readonly reason?: string;
  readonly check?: CheckSnapshot;
}

/** What a probe answers. */
export interface ProbeResult {
  readonly probe: Probe;
  readonly result: "pass" | "fail";
  readonly phase: Phase;
  readonly entries: readonly ProbeEntry[];
}

/**
 * The truth table. A pure function of what is known:
 *
 * | phase              | startup                             | liveness                | readiness                      |
 * | ------------------ | ----------------------------------- | ----------------------- | ------------------------------ |
 * | starting           | fail                                | unless a check fails    | fail                           |
 * | started            | unless a check has never passed     | unless a check fails    | unless fail, stale or unknown  |
 * | started, leaving   | as started                          | unless a check fails    | fail (or as started, by a      |
 * |                    |                                     |                         | setting)                       |
 * | draining, stopping | pass                                | unless a check fails    | fail (or as started until the  |
 * |                    |                                     |                         | window is over, by a setting)  |
 *
 * Where another thread answers, startup and readiness also fail beyond a short stall, and liveness beyond a long one.
 */
export function answerProbe(probe: Probe, snapshot: HealthSnapshot): ProbeResult {
  const entries = [
    { name: "ping", result: "pass", source: "ping" } as const,
    phaseEntry(probe, snapshot),
    ...heartbeatEntries(probe, snapshot),
    ...startupEntries(probe, snapshot),
    ...snapshot.checks
      .filter((check) => concerns(probe, check))
      .map((check) => checkEntry(probe, check, snapshot.phase)),
  ];
  return { probe, result: resultOf(entries), phase: snapshot.phase, entries };
}

/** A probe passes unless one of its lines fails. */
export const resultOf = (entries: readonly ProbeEntry[]): "pass" | "fail" =>
  entries.some(({ result }) => result === "fail") ? "fail" : "pass";

function phaseEntry(probe: Probe, snapshot: HealthSnapshot): ProbeEntry {
  const passes = phasePasses(probe, snapshot);
  return {
    name: "phase",
    result: passes ? "pass" : "fail",
    source: "phase",
    ...(!passes && { reason: snapshot.phase === "started" ? "leaving" : snapshot.phase }),
  };
}

function phasePasses(probe: Probe, snapshot: HealthSnapshot): boolean {
  const { phase, leaving, windowOver, readinessWhileDraining } = snapshot;
  if (probe === "liveness") return true;
  if (probe === "startup") return phase !== "starting";
  if (phase === "started" && !leaving) return true;
  return (phase === "started" || phase === "draining") && readinessWhileDraining === "pass" && !windowOver;
}

function heartbeatEntries(probe: Probe, { heartbeat }: HealthSnapshot): readonly ProbeEntry[] {
  if (!heartbeat) return [];
  const { ageMs, livenessLimitMs, readinessLimitMs } = heartbeat;
  const passes = ageMs <= (probe === "liveness" ? livenessLimitMs : readinessLimitMs);
  const reason = `the main thread has not come round for ${(ageMs / 1_000).toFixed(1)} s`;
  return [{ name: "heartbeat", result: passes ? "pass" : "fail", source: "heartbeat", ...(!passes && { reason }) }];
}

/** A task that came after the start cannot take `started` back, so startup no longer hears of it. */
function startupEntries(probe: Probe, { phase, startupPending }: HealthSnapshot): readonly ProbeEntry[] {
  const heard = probe === "readiness" || (probe === "startup" && phase === "starting");
  if (!heard) return [];
  return startupPending.map((name) => ({ name, result: "fail", source: "startup", reason: "not settled yet" }));
}

const concerns = (probe: Probe, { gates }: CheckSnapshot): boolean =>
  gates.includes(probe) || (probe === "readiness" && gates.includes("none"));

function checkEntry(probe: Probe, check: CheckSnapshot, phase: Phase): ProbeEntry {
  const passes = checkPasses(probe, check, phase);
  const result = passes ? "pass" : check.gates.includes("none") ? "degraded" : "fail";
  return { name: check.name, result, source: "check", check, ...(!passes && { reason: reasonOf(check) }) };
}

function checkPasses(probe: Probe, check: CheckSnapshot, phase: Phase): boolean {
  switch (probe) {
    case "startup":
      return check.everPassed || phase === "draining" || phase === "stopping" || phase === "stopped";
    case "liveness":
      return check.status !== "fail" || check.inLivenessGrace;
    case "readiness":
      return check.status === "pass" && !check.stale;
  }
}

function reasonOf({ status, stale, reason }: CheckSnapshot): string {
  if (status === "unknown" && reason === undefined) return "no result yet";
  if (status === "pass" && stale) return "the last result is too old";
  return reason ?? "no reason given";
}
