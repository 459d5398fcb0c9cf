import {
  HeatmapColorMode,
  HeatmapColorOptionsBuilder,
  PanelBuilder,
  YAxisConfigBuilder,
} from "@grafana/grafana-foundation-sdk/heatmap";
import type { Panel } from "@grafana/grafana-foundation-sdk/dashboard";
import type { Builder } from "@grafana/grafana-foundation-sdk/cog";
import { type Query, asBuckets } from "../queries.ts";
import { type PanelPlan, planned } from "./plan.ts";

/** What a heatmap takes: the buckets of one histogram. */
export interface HeatmapPlan extends Omit<PanelPlan, "queries" | "steps"> {
  readonly query: Query;
}

/** How often each value came, over time. */
export function heatmap({ query, ...plan }: HeatmapPlan): Builder<Panel> {
  const blues = new HeatmapColorOptionsBuilder().mode(HeatmapColorMode.Scheme).scheme("Blues").steps(64).fill("blue");
  return planned(new PanelBuilder(), { ...plan, queries: [query] })
    .targets(asBuckets(query))
    .height(8)
    .color(blues.exponent(0.5))
    .yAxis(new YAxisConfigBuilder().unit(plan.unit));
}
