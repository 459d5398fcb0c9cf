import {
  type DashboardLink,
  FieldColorBuilder,
  FieldColorModeId,
  type ThresholdsConfigBuilder,
} from "@grafana/grafana-foundation-sdk/dashboard";
import type { Builder, Dataquery } from "@grafana/grafana-foundation-sdk/cog";
import { runbookLink } from "../links.ts";
import { type Query, dataSource } from "../queries.ts";
import { type Steps, neutral, thresholdsOf } from "../thresholds.ts";

/** What every panel says of itself. */
export interface PanelPlan {
  readonly title: string;
  /** What it shows, and what to look at when it is red. */
  readonly description: string;
  /** How Grafana writes its values. */
  readonly unit: string;
  /** Of the 24 columns of the grid. */
  readonly width: number;
  readonly queries: readonly Query[];
  /** Default: neither good nor bad. */
  readonly steps?: Steps;
  /** The section of the runbook that it leads to: the name of an alert. */
  readonly runbook?: string;
  /** What it says where Prometheus has no series. Default: Grafana's own "No data". */
  readonly noValue?: string;
}

/** What the builders of all kinds of panels have in common. */
interface CommonBuilder {
  title(title: string): unknown;
  description(description: string): unknown;
  unit(unit: string): unknown;
  span(columns: number): unknown;
  datasource(source: typeof dataSource): unknown;
  targets(queries: Builder<Dataquery>[]): unknown;
  thresholds(thresholds: ThresholdsConfigBuilder): unknown;
  colorScheme(color: FieldColorBuilder): unknown;
  links(links: Builder<DashboardLink>[]): unknown;
  noValue(text: string): unknown;
}

/** Tells a builder what every panel says of itself; `colors` is where its colours come from. */
export function planned<Kind extends CommonBuilder>(
  builder: Kind,
  plan: PanelPlan,
  colors: FieldColorModeId = FieldColorModeId.Thresholds,
): Kind {
  const { title, description, unit, width, steps, runbook, noValue } = plan;
  builder.title(title);
  builder.description(description);
  builder.unit(unit);
  builder.span(width);
  builder.datasource(dataSource);
  builder.thresholds(thresholdsOf(steps ?? neutral));
  builder.colorScheme(new FieldColorBuilder().mode(colors));
  if (runbook !== undefined) builder.links([runbookLink(runbook)]);
  if (noValue !== undefined) builder.noValue(noValue);
  return builder;
}
