import type { AttributeValue, Attributes } from "@opentelemetry/api";
import type { InstrumentationScope } from "@opentelemetry/core";
import { labelName } from "./names.ts";

/** Labels by their names. */
export type Labels = ReadonlyMap<string, string>;

/**
 * Translates attributes to labels. Where several come to have the same name, their values are joined by semicolons in
 * the order of their keys.
 */
export function labelsOf(attributes: Attributes): Map<string, string> {
  const labels = new Map<string, string>();
  for (const key of Object.keys(attributes).toSorted()) {
    const value = attributes[key];
    const name = labelName(key);
    if (value === undefined || value === null || name === undefined) continue;
    const present = labels.get(name);
    labels.set(name, present === undefined ? textOf(value) : `${present};${textOf(value)}`);
  }
  return labels;
}

/** The labels of a scope: its name, version and schema. */
export function scopeLabels({ name, version, schemaUrl }: InstrumentationScope): Labels {
  const pairs: readonly [string, string | undefined][] = [
    ["otel_scope_name", name],
    ["otel_scope_version", version],
    ["otel_scope_schema_url", schemaUrl],
  ];
  // An empty label is, to Prometheus, none.
  return new Map(pairs.filter((pair): pair is [string, string] => Boolean(pair[1])));
}

/**
 * Tells who is measured: every attribute of the resource. Prometheus itself gives `job` and `instance` to what it
 * scrapes, so attributes by those names are left out: they would take the place of its own where labels are honoured.
 */
export function targetLabels(attributes: Attributes): Labels {
  const labels = labelsOf(attributes);
  labels.delete("job");
  labels.delete("instance");
  return labels;
}

/** Writes labels as they stand between braces, in the order of their names, so that equal ones are equal text. */
export function renderLabels(labels: Labels): string {
  let text = "";
  for (const name of [...labels.keys()].toSorted()) {
    text += `${text === "" ? "" : ","}${name}="${escapeLabelValue(labels.get(name) ?? "")}"`;
  }
  return text;
}

const escapes: Readonly<Record<string, string>> = { "\\": "\\\\", "\n": "\\n", '"': '\\"' };

const escapeLabelValue = (value: string): string =>
  /[\\\n"]/.test(value) ? value.replaceAll(/[\\\n"]/g, (char) => escapes[char] ?? char) : value;

function textOf(value: AttributeValue): string {
  // Half of a surrogate pair is no UTF-8.
  if (typeof value === "string") return value.toWellFormed();
  return typeof value === "number" ? String(value) : JSON.stringify(value);
}
