import type { Resource } from "@opentelemetry/resources";
import type { ResourceMetrics } from "@opentelemetry/sdk-metrics";
import {
  type ClassicHistogram,
  type FamiliesOptions,
  type Family,
  type FamilyPoint,
  createFamilies,
} from "./families.ts";
import { renderLabels, targetLabels } from "./labels.ts";

/** The forms in which Prometheus takes metrics as text. */
export type ExpositionForm = "text" | "openmetrics";

/** Options of {@link createExposition}. */
export interface ExpositionOptions extends FamiliesOptions {
  /** Whether `target_info` tells the attributes of the resource. */
  readonly targetInfo: boolean;
}

/** Writes metrics out. */
export type Exposition = (metrics: ResourceMetrics, form: ExpositionForm) => string;

/**
 * Makes what writes metrics out as Prometheus takes them: its text format 0.0.4, or OpenMetrics 1.0.
 *
 * The official serializer has one format, no unit suffixes, no samples for exponential histograms, and is of private
 * methods: what it lacks begins with the name, so little of it could be kept.
 *
 * There is no `_created` sample: it would be a series more for each of ours, for what Prometheus by default only stores.
 * There are no exemplars, for the SDK collects none.
 */
export function createExposition(options: ExpositionOptions): Exposition {
  const collect = createFamilies(options);
  return ({ resource, scopeMetrics }, form) => {
    const families = collect(scopeMetrics);
    const names = new Set(families.map(({ name }) => name));
    const target = options.targetInfo ? renderTarget(resource, form) : "";
    const body = families.map((family) => renderFamily(family, form, names)).join("");
    return `${target}${body}${form === "openmetrics" ? "# EOF\n" : ""}`;
  };
}

function renderTarget(resource: Resource, form: ExpositionForm): string {
  // A scrape does not wait for what may never come, and half of the labels would be another series.
  if (resource.asyncAttributesPending) return "";
  const labels = renderLabels(targetLabels(resource.attributes));
  if (labels === "") return "";
  const [name, type] = form === "openmetrics" ? ["target", "info"] : ["target_info", "gauge"];
  return `# HELP ${name} Target metadata\n# TYPE ${name} ${type}\ntarget_info{${labels}} 1\n`;
}

function renderFamily(family: Family, form: ExpositionForm, names: ReadonlySet<string>): string {
  let text = renderMetadata(family, form, names);
  for (const point of family.points) {
    const { labels, value } = point;
    text +=
      typeof value === "number" ? sample(family.name, labels, value) : renderHistogram(family.name, point, value, form);
  }
  return text;
}

/** OpenMetrics speaks of a counter without the suffix that its sample has. */
function renderMetadata({ name, type, help, unit }: Family, form: ExpositionForm, names: ReadonlySet<string>): string {
  const openMetrics = form === "openmetrics";
  const short = openMetrics && type === "counter" ? name.replace(/_total$/, "") : name;
  // Where another metric has that name, or nothing else is left, the counter is told as what it is called.
  const isWhole = openMetrics && type === "counter" && (short === name || names.has(short));
  const [subject, told] = isWhole ? [name, "unknown"] : [short, type];
  const helpLine = help === "" ? "" : `# HELP ${subject} ${escapeHelp(help, form)}\n`;
  const hasUnit = openMetrics && unit !== "" && subject.endsWith(`_${unit}`);
  return `${helpLine}# TYPE ${subject} ${told}\n${hasUnit ? `# UNIT ${subject} ${unit}\n` : ""}`;
}

function renderHistogram(
  name: string,
  { labels }: FamilyPoint,
  { count, sum, boundaries, counts }: ClassicHistogram,
  form: ExpositionForm,
): string {
  const prefix = `${name}_bucket{${labels}${labels === "" ? "" : ","}le="`;
  let text = "";
  let below = 0;
  for (const [at, boundary] of boundaries.entries()) {
    below += counts[at] ?? 0;
    // Whoever gives a bound twice has an empty bucket between the two.
    if (boundary === boundaries[at + 1]) continue;
    if (boundary !== Number.POSITIVE_INFINITY) text += `${prefix}${boundText(boundary, form)}"} ${below}\n`;
  }
  text += `${prefix}+Inf"} ${count}\n`;
  if (sum !== undefined) text += sample(`${name}_sum`, labels, sum);
  return text + sample(`${name}_count`, labels, count);
}

const sample = (name: string, labels: string, value: number): string =>
  `${name}${labels === "" ? "" : `{${labels}}`} ${valueText(value)}\n`;

function valueText(value: number): string {
  if (value === Number.POSITIVE_INFINITY) return "+Inf";
  return value === Number.NEGATIVE_INFINITY ? "-Inf" : String(value);
}

/** OpenMetrics has a bound always as a float; the text format as Prometheus 2 writes one that came over OTLP. */
function boundText(boundary: number, form: ExpositionForm): string {
  const text = valueText(boundary);
  return form === "openmetrics" && /^-?\d+$/.test(text) ? `${text}.0` : text;
}

function escapeHelp(help: string, form: ExpositionForm): string {
  const escaped = help.toWellFormed().replaceAll("\\", "\\\\").replaceAll("\n", "\\n");
  return form === "openmetrics" ? escaped.replaceAll('"', '\\"') : escaped;
}
