import { unitSuffixes } from "./unit.ts";

/** What a metric is, as far as its name depends on it. */
export type MetricKind = "counter" | "gauge" | "up-down-counter" | "histogram";

/**
 * The name that Prometheus gives a metric that it receives over OTLP, by its default translation
 * (`UnderscoreEscapingWithSuffixes` of prometheus/otlptranslator): unit and type are suffixes, and what a name may not
 * have is an underscore. `undefined` where nothing is left of it.
 */
export function metricName(name: string, unit: string, kind: MetricKind): string | undefined {
  const tokens = name.split(/[^a-zA-Z0-9:]+/).filter(Boolean);
  const { main, per } = unitSuffixes(unit);
  const mainToken = tokens.includes(main) ? "" : per === "" ? main : main.replace(/_$/, "");
  const perToken = tokens.includes(per) ? "" : per;
  const suffixed = [...tokens, mainToken, perToken].filter(Boolean);
  const full = lastly(kind === "counter" ? "total" : unit === "1" && kind === "gauge" ? "ratio" : undefined, suffixed);
  if (full === "") return undefined;
  return /^\d/.test(full) ? `_${full}` : full;
}

/** A type's suffix stands at the end, wherever it stood before. */
function lastly(suffix: string | undefined, tokens: readonly string[]): string {
  return (suffix === undefined ? tokens : [...tokens.filter((token) => token !== suffix), suffix]).join("_");
}

const labelNames = new Map<string, string | undefined>();

/**
 * The name of the label for an attribute, by the same translation; `undefined` where nothing is left of it, and for
 * the one that Prometheus keeps for itself.
 */
export function labelName(attribute: string): string | undefined {
  if (labelNames.has(attribute)) return labelNames.get(attribute);
  const name = translateLabel(attribute);
  // A bound, for keys that an application makes up as it goes.
  if (labelNames.size < 2_000) labelNames.set(attribute, name);
  return name;
}

function translateLabel(attribute: string): string | undefined {
  const sanitized = attribute.replaceAll(/[^a-zA-Z0-9_]/gu, "_");
  const name = /^\d/.test(sanitized)
    ? `key_${sanitized}`
    : sanitized.startsWith("_") && !sanitized.startsWith("__")
      ? `key${sanitized}`
      : sanitized;
  return name === "__name__" || /^_*$/.test(name) ? undefined : name;
}
