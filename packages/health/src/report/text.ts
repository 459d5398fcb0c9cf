import type { Probe } from "../probe.ts";
import type { ProbeEntry, ProbeResult } from "../probe-result.ts";
import { type ExcludedResult, isExcluded } from "./exclude.ts";
import { fit } from "./fit.ts";
import type { ReportOptions } from "./options.ts";
import { visibleReason } from "./reason.ts";

/** What kube-apiserver calls each probe. */
export const endpointNames: Readonly<Record<Probe, string>> = {
  startup: "startupz",
  liveness: "livez",
  readiness: "readyz",
};

/**
 * The text of kube-apiserver's endpoints: `ok`, or a line for each check and a verdict when asked for or failing
 * (kubernetes/apiserver `pkg/server/healthz/healthz.go`).
 */
export function renderText(result: ProbeResult & Partial<ExcludedResult>, options: ReportOptions = {}): string {
  const { excluded = [], warnings = [] } = result;
  if (result.result === "pass" && !options.verbose) return "ok";
  const verdict = `${endpointNames[result.probe]} check ${result.result === "pass" ? "passed" : "failed"}`;
  return fit(result.entries, (entries, omitted) =>
    [
      ...entries.map((entry) => line(entry, isExcluded(entry, excluded), options)),
      ...(omitted > 0 ? [`and ${omitted} more`] : []),
      ...warnings,
      verdict,
      "",
    ].join("\n"),
  );
}

function line(entry: ProbeEntry, excluded: boolean, options: ReportOptions): string {
  const name = entry.source === "startup" ? `startup/${entry.name}` : entry.name;
  if (excluded) return `[+]${name} excluded: ok`;
  if (entry.result === "pass") return `[+]${name} ok`;
  const why = visibleReason(entry, options) ?? "reason withheld";
  return entry.result === "fail" ? `[-]${name} failed: ${why}` : `[!]${name} degraded: ${why}`;
}
