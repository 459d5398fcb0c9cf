import type { ProbeEntry, ProbeResult } from "../probe-result.ts";
import type { ExcludedResult } from "./exclude.ts";
import { fit } from "./fit.ts";
import type { ReportOptions } from "./options.ts";
import { visibleReason } from "./reason.ts";

/**
 * The answer of a probe as `application/health+json` (draft-inadarei-api-health-check-06, sections 3 and 4): `warn`
 * is a pass with something degraded, a check that ran is measured by its `responseTime`, and `output` is there only
 * for what does not pass.
 */
export function renderHealthJson(result: ProbeResult & Partial<ExcludedResult>, options: ReportOptions = {}): string {
  const { phase, excluded = [], warnings = [] } = result;
  const degraded = result.entries.some((entry) => entry.result === "degraded");
  const status = result.result === "fail" ? "fail" : degraded ? "warn" : "pass";
  return fit(result.entries, (entries, omitted) =>
    JSON.stringify({
      status,
      notes: [
        `phase: ${phase}`,
        ...(omitted > 0 ? [`and ${omitted} more checks`] : []),
        ...excluded.slice(0, 10).map((name) => `excluded: ${name}`),
        ...warnings,
      ],
      checks: Object.fromEntries(
        // Names that differ in what a key cannot hold share a key, and the array it stands for.
        [...Map.groupBy(entries, keyOf)].map(([key, same]) => [key, same.map((entry) => detailsOf(entry, options))]),
      ),
    }),
  );
}

function keyOf({ name, source, check }: ProbeEntry): string {
  // A colon separates component and measurement, so a name cannot hold one.
  const component = `${source === "startup" ? "startup/" : ""}${name}`.replaceAll(":", "/");
  return check?.durationMs === undefined ? component : `${component}:responseTime`;
}

function detailsOf(entry: ProbeEntry, options: ReportOptions): object {
  const { check, result } = entry;
  const output = result === "pass" ? undefined : (visibleReason(entry, options) ?? "reason withheld");
  return {
    status: result === "degraded" ? "warn" : result,
    ...(check?.durationMs !== undefined && { observedValue: Math.round(check.durationMs), observedUnit: "ms" }),
    ...(check?.observedAt !== undefined && { time: new Date(check.observedAt).toISOString() }),
    ...(output !== undefined && { output }),
  };
}
