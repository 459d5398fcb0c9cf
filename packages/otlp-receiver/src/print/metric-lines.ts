import type { Metric } from "../otlp/metrics.ts";
import type { Point } from "../otlp/points.ts";
import { digits, quantity } from "./quantity.ts";
import { beside, oneLine, serviceOf, valueText } from "./text.ts";

/** What is remembered of a series: its last point that was printed. */
type Memory = Map<string, Point>;

/** Prints metrics, each series only when it says something new. */
export interface MetricLines {
  /** The lines for what one request brought; none when nothing has changed. */
  of(metrics: readonly Metric[]): string[];
}

interface Row {
  readonly series: string;
  readonly text: string;
}

/** Metrics about the process, its life and its surroundings: many, always moving, and not what a newcomer looks for. */
const background = /^(?:nodejs|v8js|process|system|container|k8s|otel|seaworthy)\./;

/** A gauge that moved by less than this, as a fraction, says nothing new. */
const leastChange = 0.1;

/** A series' name beyond this does not push the values further to the right. */
const widestSeries = 80;

/** Nearly always the same, and so not worth the room. */
const selfEvident = /^(?:url\.scheme|network\.protocol\.\w+)$/;

/** Remembers what was printed. Metrics of the runtime are only counted unless `runtime` is true. */
export function createMetricLines(runtime: boolean): MetricLines {
  const memory: Memory = new Map();
  const told = new Set<string>();

  const rowsOf = (metric: Metric, service: string): Row[] =>
    metric.points.flatMap((point) => {
      const key = JSON.stringify(
        [service, metric.scope.name, metric.name, Object.entries(point.attributes)],
        (_, value) => (typeof value === "bigint" ? String(value) : (value as unknown)),
      );
      const text = changeOf(metric, point, memory.get(key));
      if (text === undefined) return [];
      memory.set(key, point);
      return { series: `${oneLine(metric.name, 60)}${labels(point)}`, text };
    });

  return {
    of(metrics) {
      return [...Map.groupBy(metrics, serviceOf)].flatMap(([service, own]) => {
        const [shown, quiet] = [own.filter(isShown), own.filter((metric) => !isShown(metric))];
        const rows = shown.flatMap((metric) => rowsOf(metric, service));
        const width = Math.max(0, ...rows.map(({ series }) => Math.min(widestSeries, series.length)));
        const lines = rows.map(({ series, text }) => `  ${series.padEnd(width)}  ${text}`);
        if (quiet.length > 0 && !told.has(service)) {
          told.add(service);
          lines.push(`  ${untold(quiet)}`);
        }
        return lines.length > 0 ? [beside("metrics", service), ...lines] : [];
      });
    },
  };

  function isShown({ name }: Metric): boolean {
    return runtime || !background.test(name);
  }
}

function untold(metrics: readonly Metric[]): string {
  const names = [...new Set(metrics.map(({ name }) => `${name.split(".", 1)[0]}.*`))].toSorted();
  const series = metrics.reduce((sum, { points }) => sum + points.length, 0);
  return `and ${series} series of ${names.join(", ")}, not shown`;
}

/** `{method=POST, status_code=201}`: keys by their last part, unless that says too little. */
function labels({ attributes }: Point): string {
  const entries = Object.entries(attributes).filter(([key]) => !selfEvident.test(key));
  if (entries.length === 0) return "";
  const last = entries.map(([key]) => key.split(".").at(-1) ?? key);
  const clear = new Set(last).size === last.length;
  const texts = entries.map(
    ([key, value], index) => `${oneLine((clear && last[index]) || key, 60)}=${valueText(value)}`,
  );
  return `{${texts.join(", ")}}`;
}

/** What a point says, and undefined where that is nothing new. */
function changeOf(metric: Metric, point: Point, before: Point | undefined): string | undefined {
  const noValue = (point.flags & 1) !== 0;
  if (noValue) return undefined;
  return point.count === undefined ? numberChange(metric, point, before) : distributionChange(metric, point, before);
}

function numberChange({ type, unit, temporality, monotonic }: Metric, point: Point, before: Point | undefined) {
  const { value } = point;
  if (value === undefined) return undefined;
  if (temporality === "delta") return Number(value) === 0 ? undefined : signed(Number(value), unit);
  const last = before?.value;
  if (last === undefined) return quantity(value, unit);
  const change = Number(value) - Number(last);
  const least = type === "gauge" || !monotonic ? leastChange * Math.abs(Number(last)) : 0;
  if (change === 0 || Math.abs(change) < least) return undefined;
  if (type === "gauge") return quantity(value, unit);
  // A counter that has gone back has started again.
  return monotonic && change < 0 ? quantity(value, unit) : `${quantity(value, unit)} (${signed(change, unit)})`;
}

function signed(change: number, unit: string): string {
  return `${change > 0 ? "+" : ""}${quantity(change, unit)}`;
}

function distributionChange({ unit, temporality }: Metric, point: Point, before: Point | undefined) {
  const { count = 0, sum, min, max, quantiles = [] } = point;
  const delta = temporality === "delta";
  const change = delta || !before || (before.count ?? 0) > count ? count : count - (before.count ?? 0);
  if (change === 0) return undefined;
  const counted = delta ? `+${digits(count)}` : digits(count);
  const parts = [
    `count ${counted}${!delta && before && change !== count ? ` (+${digits(change)})` : ""}`,
    sum === undefined || count === 0 ? "" : `mean ${quantity(sum / count, unit)}`,
    min === undefined || count === 1 ? "" : `min ${quantity(min, unit)}`,
    max === undefined || count === 1 ? "" : `max ${quantity(max, unit)}`,
    ...quantiles.map((one) => `p${digits(one.quantile * 100)} ${quantity(one.value, unit)}`),
  ];
  return beside(...parts);
}
