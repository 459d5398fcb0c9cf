import { type DashboardLink, DashboardLinkBuilder, DashboardLinkType } from "@grafana/grafana-foundation-sdk/dashboard";
import type { Builder } from "@grafana/grafana-foundation-sdk/cog";

/** Every dashboard of ours has it, and so is found by the others. */
export const commonTag = "seaworthy";

/** Leads to the other dashboards, with the same service and the same time. */
export function linkToOthers(): Builder<DashboardLink> {
  return inSight(
    new DashboardLinkBuilder("Seaworthy")
      .type(DashboardLinkType.Dashboards)
      .tags([commonTag])
      .includeVars(true)
      .keepTime(true)
      .asDropdown(false)
      .icon("dashboard"),
  );
}

/** Leads to the runbook; to what it says of one alert, by its name. */
export function runbookLink(alert?: string): Builder<DashboardLink> {
  return inSight(
    new DashboardLinkBuilder(alert === undefined ? "Runbook" : `What to do: ${alert}`)
      .type(DashboardLinkType.Link)
      .url(alert === undefined ? "${runbook}" : `\${runbook}#${alert.toLowerCase()}`)
      .icon("doc")
      .targetBlank(true),
  );
}

/** The library puts every link into a menu, and has no word for the line above the panels. */
function inSight(link: Builder<DashboardLink>): Builder<DashboardLink> {
  return {
    build() {
      const { placement: _menu, ...shown } = link.build();
      return shown;
    },
  };
}
