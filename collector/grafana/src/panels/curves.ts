import {
  GraphThresholdsStyleConfigBuilder,
  GraphThresholdsStyleMode,
  SortOrder,
  StackingConfigBuilder,
  StackingMode,
  TooltipDisplayMode,
  VisibilityMode,
} from "@grafana/grafana-foundation-sdk/common";
import { FieldColorModeId, type Panel } from "@grafana/grafana-foundation-sdk/dashboard";
import type { Builder } from "@grafana/grafana-foundation-sdk/cog";
import { PanelBuilder } from "@grafana/grafana-foundation-sdk/timeseries";
import { overTime } from "../queries.ts";
import { legendBelow } from "./legend.ts";
import { type PanelPlan, planned } from "./plan.ts";

/** Values over time. */
export interface CurvesPlan extends PanelPlan {
  readonly isStacked?: boolean;
  /** The axis goes up to here, even when no value does. */
  readonly softMax?: number;
  readonly max?: number;
}

/** Curves, from 0 on; the colours of its steps are areas behind them. */
export function curves({ isStacked = false, softMax, max, ...plan }: CurvesPlan): Builder<Panel> {
  const builder = planned(new PanelBuilder(), plan, FieldColorModeId.PaletteClassicByName)
    .targets(overTime(plan.queries))
    .height(8)
    .min(0)
    .lineWidth(1)
    .fillOpacity(isStacked ? 30 : 5)
    .showPoints(VisibilityMode.Auto)
    .legend(legendBelow())
    .tooltip({ build: () => ({ mode: TooltipDisplayMode.Multi, sort: SortOrder.Descending }) });
  if (isStacked) builder.stacking(new StackingConfigBuilder().mode(StackingMode.Normal).group("A"));
  if (softMax !== undefined) builder.axisSoftMax(softMax);
  if (max !== undefined) builder.max(max);
  if (plan.steps) {
    builder.thresholdsStyle(new GraphThresholdsStyleConfigBuilder().mode(GraphThresholdsStyleMode.DashedAndArea));
  }
  return builder;
}
