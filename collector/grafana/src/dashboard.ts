import {
  type AnnotationQuery,
  type Dashboard,
  DashboardBuilder,
  DashboardCursorSync,
  type Panel,
  RowBuilder,
  type VariableModel,
} from "@grafana/grafana-foundation-sdk/dashboard";
import type { Builder } from "@grafana/grafana-foundation-sdk/cog";
import { commonTag, linkToOthers, runbookLink } from "./links.ts";
import { runbook } from "./variables.ts";

/** Panels under a heading. Their widths make up full lines of 24 columns. */
export interface Row {
  readonly title: string;
  readonly panels: readonly Builder<Panel>[];
}

/** What a dashboard is made of. */
export interface DashboardPlan {
  /** What links and bookmarks know it by: it never changes. */
  readonly uid: string;
  readonly title: string;
  readonly description: string;
  readonly variables: readonly Builder<VariableModel>[];
  readonly annotations: readonly Builder<AnnotationQuery>[];
  readonly rows: readonly Row[];
}

/** Lays a dashboard out, and numbers its panels in their order. */
export function dashboardOf({ uid, title, description, variables, annotations, rows }: DashboardPlan): Dashboard {
  const builder = new DashboardBuilder(title)
    .uid(uid)
    .description(description)
    .tags([commonTag])
    .timezone("browser")
    .time({ from: "now-3h", to: "now" })
    .refresh("1m")
    .tooltip(DashboardCursorSync.Crosshair)
    .variables([...variables, runbook()])
    .annotations([...annotations])
    .links([linkToOthers(), runbookLink()]);
  for (const row of rows) {
    builder.withRow(new RowBuilder(row.title));
    for (const panel of row.panels) builder.withPanel(panel);
  }
  const dashboard = builder.build();
  for (const [place, panel] of (dashboard.panels ?? []).entries()) panel.id = place + 1;
  return dashboard;
}
