import { type AnnotationQuery, AnnotationQueryBuilder } from "@grafana/grafana-foundation-sdk/dashboard";
import { DataqueryBuilder } from "@grafana/grafana-foundation-sdk/prometheus";
import type { Builder } from "@grafana/grafana-foundation-sdk/cog";
import { type Breadth, identity, instancesIn, process, servicesIn } from "./identity.ts";
import { dataSource, sampledEvery } from "./queries.ts";

/** What happened to the services of a dashboard, drawn across all of its panels. */
export function happenings(breadth: Breadth): Builder<AnnotationQuery>[] {
  const [services, instances] = [servicesIn(breadth), instancesIn(breadth)];
  const by = `${identity.service}, ${process.by}`;
  const who = `{{${identity.service}}} ${process.legend}`;
  const leaving = 'seaworthy_lifecycle_phase=~"draining|stopping|stopped"';
  return [
    annotation("Starts", "green", `max by (${by}) (process_uptime_seconds${instances()}) < 120`, `${who} started`),
    annotation(
      "Drains",
      "orange",
      `max by (${by}) (seaworthy_lifecycle_phase${instances(leaving)}) > 0`,
      `${who} drains or stops`,
    ),
    annotation(
      "Alerts",
      "red",
      `max by (alertname, severity, ${identity.service}) (ALERTS${services('alertstate="firing"')})`,
      `{{alertname}} {{${identity.service}}}`,
    ),
  ];
}

/** Draws a region for as long as the query has a result. */
function annotation(name: string, color: string, expr: string, text: string): Builder<AnnotationQuery> {
  const builder = new AnnotationQueryBuilder()
    .name(name)
    .datasource(dataSource)
    .enable(true)
    .iconColor(color)
    .expr(expr)
    .step(sampledEvery)
    .titleFormat(name)
    .textFormat(text)
    .target(new DataqueryBuilder().refId(name).datasource(dataSource).expr(expr).interval(sampledEvery).range());
  return {
    build() {
      // As with links: in sight, and not in a menu.
      const { placement: _menu, ...shown } = builder.build();
      return shown;
    },
  };
}
