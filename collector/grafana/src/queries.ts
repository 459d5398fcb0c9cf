import { DataqueryBuilder, PromQueryFormat } from "@grafana/grafana-foundation-sdk/prometheus";

/** The data source that the reader of a dashboard has chosen. */
export const dataSource = { type: "prometheus", uid: "${datasource}" };

/**
 * The longest time between two samples of a metric: what pushes over OTLP by the default of the specification does so once
 * a minute. `$__rate_interval` becomes four times as much at least, on the road of the scrape as well.
 */
export const sampledEvery = "1m";

/** What a panel asks Prometheus. */
export interface Query {
  readonly expr: string;
  /** The name of each series, with labels such as `{{http_route}}`. */
  readonly legend?: string;
}

/** Queries with their letters, over the range of the dashboard. */
export function overTime(queries: readonly Query[]): DataqueryBuilder[] {
  return queries.map((query, place) => builderOf(query, place).range());
}

/** Queries for the value at the end of the range only. */
export function atTheEnd(queries: readonly Query[]): DataqueryBuilder[] {
  return queries.map((query, place) => builderOf(query, place).instant());
}

/** The same as {@link atTheEnd}, each series a line of a table with its labels as columns. */
export function asTable(queries: readonly Query[]): DataqueryBuilder[] {
  return atTheEnd(queries).map((builder) => builder.format(PromQueryFormat.Table));
}

/** The buckets of one histogram. */
export function asBuckets(query: Query): DataqueryBuilder[] {
  return overTime([query]).map((builder) => builder.format(PromQueryFormat.Heatmap));
}

function builderOf({ expr, legend }: Query, place: number): DataqueryBuilder {
  const builder = new DataqueryBuilder()
    .refId(String.fromCharCode(65 + place))
    .datasource(dataSource)
    .expr(expr)
    .interval(sampledEvery);
  return legend === undefined ? builder : builder.legendFormat(legend);
}
