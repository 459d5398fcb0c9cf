import {
  DatasourceVariableBuilder,
  QueryVariableBuilder,
  TextBoxVariableBuilder,
  VariableHide,
  type VariableModel,
  VariableRefresh,
  VariableSort,
} from "@grafana/grafana-foundation-sdk/dashboard";
import type { Builder } from "@grafana/grafana-foundation-sdk/cog";
import { type Breadth, identity, selector, servicesIn } from "./identity.ts";
import { dataSource } from "./queries.ts";

/** What every service has, with requests or without, from its first export to its last. */
const heartbeat = "process_uptime_seconds";

/** What the reader of a dashboard chooses: where from, and whose. */
export function whose(breadth: Breadth): Builder<VariableModel>[] {
  const { namespace, service, pod, instance } = identity;
  const chosen = servicesIn(breadth);
  const services = valuesOf("service", "Service", `${heartbeat}${selector(`${namespace}=~"$namespace"`)()}`, service);
  const inPod = chosen(`${pod}=~"$pod"`);
  return [
    new DatasourceVariableBuilder("datasource").label("Data source").type("prometheus"),
    several(valuesOf("namespace", "Namespace", heartbeat, namespace)),
    breadth === "one" ? services : several(services),
    several(valuesOf("pod", "Pod", `${heartbeat}${chosen()}`, pod)),
    several(valuesOf("instance", "Instance", `${heartbeat}${inPod}`, instance)),
  ];
}

/** The routes of the service that was chosen; what no route answered is among all of them. */
export function routes(): Builder<VariableModel> {
  const answered = `service_route:http_server_requests:rate5m${servicesIn("one")()}`;
  return several(valuesOf("route", "Route", answered, "http_route"));
}

/** The Collectors, by where their own metrics are. */
export function collectors(): Builder<VariableModel> {
  return several(valuesOf("collector", "Collector", "otelcol_exporter_queue_capacity", identity.instance));
}

/** Where the runbook is published. */
export function runbook(): Builder<VariableModel> {
  return new TextBoxVariableBuilder("runbook")
    .label("Runbook")
    .description("Where collector/RUNBOOK.md is published: the links of the panels lead to its sections.")
    .hide(VariableHide.HideVariable)
    .defaultValue("RUNBOOK.md");
}

/** The values that a label of some series has in the range of the dashboard. */
function valuesOf(name: string, label: string, series: string, of: string): QueryVariableBuilder {
  const query = `label_values(${series}, ${of})`;
  const variable = new QueryVariableBuilder(name)
    .label(label)
    .datasource(dataSource)
    .query({ query, refId: `of ${name}` })
    .definition(query)
    .refresh(VariableRefresh.OnTimeRangeChanged);
  variable.sort(VariableSort.NaturalAsc);
  return variable;
}

/** Any number of the values. All of them is also where the label is missing, as that of a namespace often is. */
function several(variable: QueryVariableBuilder): QueryVariableBuilder {
  return variable
    .multi(true)
    .includeAll(true)
    .allValue(".*")
    .current({ text: ["All"], value: ["$__all"] });
}
