import { VisibilityMode } from "@grafana/grafana-foundation-sdk/common";
import { MappingType, type Panel } from "@grafana/grafana-foundation-sdk/dashboard";
import type { Builder } from "@grafana/grafana-foundation-sdk/cog";
import { PanelBuilder } from "@grafana/grafana-foundation-sdk/statetimeline";
import { overTime } from "../queries.ts";
import { legendBelow } from "./legend.ts";
import { type PanelPlan, planned } from "./plan.ts";

/** What a value is called, and its colour. */
export type Words = Readonly<Record<number, readonly [text: string, color: string]>>;

/** A bar for each series, in the colour of its value at the time. */
export function timeline({ words, ...plan }: PanelPlan & { readonly words: Words }): Builder<Panel> {
  const named = Object.entries(words).map(([value, [text, color]], index) => [value, { text, color, index }] as const);
  return planned(new PanelBuilder(), plan)
    .targets(overTime(plan.queries))
    .height(8)
    .mappings([{ type: MappingType.ValueToText, options: Object.fromEntries(named) }])
    .showValue(VisibilityMode.Auto)
    .mergeValues(true)
    .fillOpacity(80)
    .legend(legendBelow());
}
