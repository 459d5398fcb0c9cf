import type { ProbeEntry, ProbeResult } from "../probe-result.ts";
import { type ExcludedResult, isExcluded } from "./exclude.ts";
import { fit } from "./fit.ts";
import type { ReportOptions } from "./options.ts";
import { visibleReason } from "./reason.ts";

/** The answer of a probe as plain JSON, always with every line that fits. */
export function renderJson(result: ProbeResult & Partial<ExcludedResult>, options: ReportOptions = {}): string {
  const { probe, phase, excluded = [], warnings = [] } = result;
  return fit(result.entries, (entries, omitted) =>
    JSON.stringify({
      probe,
      result: result.result,
      phase,
      degraded: result.entries.some((entry) => entry.result === "degraded"),
      checks: entries.map((entry) => describeEntry(entry, excluded, options)),
      ...(omitted > 0 && { omitted }),
      ...(warnings.length > 0 && { warnings }),
    }),
  );
}

function describeEntry(entry: ProbeEntry, excluded: readonly string[], options: ReportOptions): object {
  const { name, source, result, check } = entry;
  const reason = visibleReason(entry, options);
  return {
    name,
    source,
    result,
    ...(check && { status: check.status }),
    ...(check?.stale && { stale: true }),
    ...(check?.observedAt !== undefined && { observedAt: new Date(check.observedAt).toISOString() }),
    ...(isExcluded(entry, excluded) && { excluded: true }),
    ...(reason !== undefined && { reason }),
  };
}
