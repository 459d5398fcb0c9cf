import { type ProbeEntry, type ProbeResult, resultOf } from "../probe-result.ts";

/** A probe's result without some of its checks. */
export interface ExcludedResult extends ProbeResult {
  /** The checks that were left out of the verdict. */
  readonly excluded: readonly string[];
  /** What could not be excluded. */
  readonly warnings: readonly string[];
}

/** Leaves checks out of the verdict, for an operator in trouble. The phase and startup tasks cannot be left out. */
export function excludeChecks(result: ProbeResult, names: readonly string[]): ExcludedResult {
  const checks = new Set(result.entries.filter(({ source }) => source === "check").map(({ name }) => name));
  const excluded = names.filter((name) => checks.has(name));
  const unknown = [...new Set(names)].filter((name) => !checks.has(name)).slice(0, 10);
  const warnings = unknown.map((name) => {
    const shown = name.replaceAll(/[^\w.:/ -]/g, "?").slice(0, 63);
    return `warn: some checks cannot be excluded: no matches for "${shown}"`;
  });
  const counted = result.entries.filter((entry) => !isExcluded(entry, excluded));
  return { ...result, result: resultOf(counted), excluded, warnings };
}

/** Only a check can be left out; a startup task may have the name of one. */
export const isExcluded = ({ source, name }: ProbeEntry, excluded: readonly string[]): boolean =>
  source === "check" && excluded.includes(name);
