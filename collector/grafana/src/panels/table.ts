import type { DataTransformerConfig, DynamicConfigValue, Panel } from "@grafana/grafana-foundation-sdk/dashboard";
import type { Builder } from "@grafana/grafana-foundation-sdk/cog";
import { PanelBuilder } from "@grafana/grafana-foundation-sdk/table";
import { type Query, asTable } from "../queries.ts";
import { type Steps, thresholdsOf } from "../thresholds.ts";
import { type PanelPlan, planned } from "./plan.ts";

/** A column of a table: what a query has found. */
export interface Column extends Query {
  readonly name: string;
  readonly unit: string;
  readonly steps?: Steps;
}

/** What a table takes. */
export interface TablePlan extends Omit<PanelPlan, "queries" | "steps" | "unit"> {
  /** The labels that are columns, in their order, and what they are called. */
  readonly labels: Readonly<Record<string, string>>;
  readonly columns: readonly [Column, ...Column[]];
}

/** A line for each set of labels at the end of the range, with a column for each query. */
export function table({ labels, columns, ...plan }: TablePlan): Builder<Panel> {
  const builder = planned(new PanelBuilder(), { ...plan, unit: columns[0].unit, queries: columns })
    .targets(asTable(columns))
    .height(8)
    .showHeader(true);
  for (const column of columns) builder.overrideByName(column.name, propertiesOf(column));
  return builder.transformations(transformationsOf(labels, columns));
}

function propertiesOf({ unit, steps }: Column): DynamicConfigValue[] {
  const inColor = steps && [
    { id: "thresholds", value: thresholdsOf(steps).build() },
    { id: "custom.cellOptions", value: { type: "color-text" } },
  ];
  return [{ id: "unit", value: unit }, ...(inColor ?? [])];
}

/** Grafana merges lines with equal labels, and calls the value of a query by its letter where there are several. */
function transformationsOf(labels: TablePlan["labels"], columns: TablePlan["columns"]): DataTransformerConfig[] {
  const values = columns.map(({ name }, place) => {
    const field = columns.length === 1 ? "Value" : `Value #${String.fromCharCode(65 + place)}`;
    return [field, name] as const;
  });
  const renameByName = { ...labels, ...Object.fromEntries(values) };
  const names = Object.keys(renameByName);
  const indexByName = Object.fromEntries(names.map((name, place) => [name, place]));
  return [
    { id: "merge", options: {} },
    { id: "filterFieldsByName", options: { include: { names } } },
    { id: "organize", options: { indexByName, renameByName } },
  ];
}
