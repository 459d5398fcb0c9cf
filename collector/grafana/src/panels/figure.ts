import { BigValueColorMode, BigValueGraphMode, ReduceDataOptionsBuilder } from "@grafana/grafana-foundation-sdk/common";
import type { Panel } from "@grafana/grafana-foundation-sdk/dashboard";
import type { Builder } from "@grafana/grafana-foundation-sdk/cog";
import { PanelBuilder } from "@grafana/grafana-foundation-sdk/stat";
import { overTime } from "../queries.ts";
import { type PanelPlan, planned } from "./plan.ts";

/** One number, of the end of the range, before a curve of how it came about. */
export function figure({ height = 4, ...plan }: PanelPlan & { readonly height?: number }): Builder<Panel> {
  return planned(new PanelBuilder(), plan)
    .targets(overTime(plan.queries))
    .height(height)
    .reduceOptions(new ReduceDataOptionsBuilder().calcs(["lastNotNull"]).fields("").values(false))
    .colorMode(BigValueColorMode.Value)
    .graphMode(BigValueGraphMode.Area);
}
