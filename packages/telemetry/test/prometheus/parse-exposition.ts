import type { ExpositionForm } from "../../src/prometheus/exposition.ts";

/** A family as a strict reader of the format finds it. */
export interface ParsedFamily {
  readonly type: string;
  readonly help: string | undefined;
  readonly unit: string | undefined;
  /** Values by name and labels, as they are written. */
  readonly samples: ReadonlyMap<string, number>;
}

const suffixes: Readonly<Record<ExpositionForm, Readonly<Record<string, readonly string[]>>>> = {
  text: { counter: [""], gauge: [""], histogram: ["_bucket", "_sum", "_count"] },
  openmetrics: {
    counter: ["_total"],
    gauge: [""],
    unknown: [""],
    info: ["_info"],
    histogram: ["_bucket", "_sum", "_count"],
  },
};

/**
 * Reads what Prometheus would, and throws at whatever the format does not allow: metadata twice or after a sample,
 * families in pieces, samples of no family or twice, names and labels that are none, histograms that do not add up.
 */
export function parseExposition(text: string, form: ExpositionForm): ReadonlyMap<string, ParsedFamily> {
  const families = new Map<string, { type: string; help?: string; unit?: string; samples: Map<string, number> }>();
  const series = new Set<string>();
  let current: string | undefined;
  const lines = text.split("\n");
  if (lines.pop() !== "") throw new Error("The last line does not end.");
  if (form === "openmetrics" && lines.pop() !== "# EOF") throw new Error("No # EOF at the end.");

  for (const line of lines) {
    const metadata = /^# (HELP|TYPE|UNIT) ([a-zA-Z_:][a-zA-Z0-9_:]*) (.*)$/.exec(line);
    if (metadata) {
      const [, keyword = "", name = "", rest = ""] = metadata;
      if (name !== current && families.has(name)) throw new Error(`In pieces: ${line}`);
      const family = families.get(name) ?? { type: "", samples: new Map<string, number>() };
      if (family.samples.size > 0) throw new Error(`Metadata after samples: ${line}`);
      const key = keyword.toLowerCase() as "help" | "type" | "unit";
      if (family[key]) throw new Error(`Twice: ${line}`);
      if (key === "unit" && !name.endsWith(`_${rest}`)) throw new Error(`A unit that is not in the name: ${line}`);
      family[key] = key === "help" ? unescape(rest, form === "openmetrics") : rest;
      families.set(name, family);
      current = name;
      continue;
    }
    const sample = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (\S+)$/.exec(line);
    if (!sample) throw new Error(`Neither metadata nor a sample: ${line}`);
    const [, name = "", labels = "", value = ""] = sample;
    const family = families.get(current ?? "");
    const allowed = suffixes[form][family?.type ?? ""];
    if (!family || !allowed?.some((suffix) => name === `${current}${suffix}`)) throw new Error(`Of no family: ${line}`);
    const key = `${name}{${[...parseLabels(labels)].toSorted().join(",")}}`;
    if (series.has(key)) throw new Error(`Twice: ${line}`);
    series.add(key);
    family.samples.set(key, parseNumber(value));
    if (family.type === "counter" && !(parseNumber(value) >= 0)) throw new Error(`A counter below 0: ${line}`);
  }
  for (const [name, { type, samples }] of families) if (type === "histogram") assertHistogram(name, samples);
  return families as ReadonlyMap<string, ParsedFamily>;
}

/** Takes labels apart as they stand between braces. */
function parseLabels(text: string): readonly string[] {
  const found: string[] = [];
  const names = new Set<string>();
  let rest = text;
  while (rest !== "") {
    const label = /^([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\["\\n])*)"(,|$)/.exec(rest);
    if (!label) throw new Error(`No label: ${rest}`);
    const [whole, name = "", value = "", comma] = label;
    rest = rest.slice(whole.length);
    if (comma === "," && rest === "") throw new Error(`A comma at the end: ${text}`);
    if (names.has(name)) throw new Error(`A label twice: ${text}`);
    names.add(name);
    found.push(`${name}=${unescape(value, true)}`);
  }
  return found;
}

function unescape(text: string, quotes: boolean): string {
  if (/(?:^|[^\\])(?:\\\\)*\\[^\\n"]/.test(text)) throw new Error(`No escape: ${text}`);
  return text.replaceAll(quotes ? /\\([\\n"])/g : /\\([\\n])/g, (_, char: string) => (char === "n" ? "\n" : char));
}

function parseNumber(text: string): number {
  const named: Readonly<Record<string, number>> = { "+Inf": Infinity, "-Inf": -Infinity, NaN };
  if (text in named) return named[text] ?? NaN;
  if (!/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text)) throw new Error(`No number: ${text}`);
  return Number(text);
}

function assertHistogram(name: string, samples: ReadonlyMap<string, number>): void {
  const buckets = new Map<string, [le: number, count: number][]>();
  for (const [key, value] of samples) {
    const bucket = /^(.*)_bucket\{(.*)\}$/.exec(key);
    if (!bucket) continue;
    const labels = (bucket[2] ?? "").split(",");
    const le = labels.find((label) => label.startsWith("le="))?.slice(3);
    if (le === undefined) throw new Error(`A bucket without le: ${key}`);
    const series = labels.filter((label) => !label.startsWith("le=")).join(",");
    buckets.set(series, [...(buckets.get(series) ?? []), [parseNumber(le), value]]);
  }
  for (const [series, all] of buckets) {
    const inOrder = all.every(
      ([le, count], at) => at === 0 || (le > (all[at - 1]?.[0] ?? 0) && count >= (all[at - 1]?.[1] ?? 0)),
    );
    if (!inOrder) throw new Error(`Buckets of ${name} out of order: ${JSON.stringify(all)}`);
    const [le, count] = all.at(-1) ?? [];
    const told = samples.get(`${name}_count{${series}}`);
    if (le !== Infinity || count !== told) throw new Error(`${name} does not add up: ${count} of ${told}`);
  }
}
