import {
  AggregationTemporality,
  type DataPoint,
  DataPointType,
  type Histogram,
  type MetricData,
  type ScopeMetrics,
} from "@opentelemetry/sdk-metrics";
import { explicitBuckets } from "./explicit-buckets.ts";
import { labelsOf, renderLabels, scopeLabels } from "./labels.ts";
import { type MetricKind, metricName } from "./names.ts";
import { unitName } from "./unit.ts";

/** All that Prometheus has under one name. */
export interface Family {
  readonly name: string;
  readonly type: "counter" | "gauge" | "histogram";
  readonly help: string;
  readonly unit: string;
  readonly points: readonly FamilyPoint[];
}

/** One set of labels and what is known under it. */
export interface FamilyPoint {
  /** As they stand between braces. */
  readonly labels: string;
  readonly value: number | ClassicHistogram;
}

/** A histogram of explicit buckets, with what fell in each; the last one has no bound. */
export interface ClassicHistogram {
  readonly count: number;
  readonly sum: number | undefined;
  readonly boundaries: readonly number[];
  readonly counts: readonly number[];
}

/** Options of {@link createFamilies}. */
export interface FamiliesOptions {
  /** Whether `otel_scope_*` labels tell which scope a metric is of. */
  readonly scopeLabels: boolean;
  /** Hears, once for each name, of a metric that cannot be told and why. */
  readonly onRefused: (name: string, why: string) => void;
}

/** Sorts metrics by the names that Prometheus has for them. */
export type CollectFamilies = (scopes: readonly ScopeMetrics[]) => readonly Family[];

/** The names that stand for the service itself. */
const ownNames: ReadonlySet<string> = new Set(["target_info", "target"]);

/**
 * Makes what sorts metrics into families. It remembers which type a name had first: two metrics of different types
 * that come to have one name cannot both be told, and which one is must not change from scrape to scrape.
 */
export function createFamilies({ scopeLabels: withScope, onRefused }: FamiliesOptions): CollectFamilies {
  const types = new Map<string, Family["type"]>();
  /** The histograms that samples are of which do not have the name of their family. */
  const histograms = new Map<string, string>();
  const refused = new Set<string>();
  const refuse = (name: string, why: string): void => {
    if (refused.has(name)) return;
    refused.add(name);
    onRefused(name, why);
  };

  return (scopes) => {
    const families = new Map<string, Family & { readonly points: FamilyPoint[] }>();
    const series = new Set<string>();
    for (const { scope, metrics } of scopes) {
      const ofScope = withScope ? scopeLabels(scope) : new Map<string, string>();
      for (const metric of metrics) {
        const kind = kindOf(metric);
        const { name: original, unit, description } = metric.descriptor;
        const name = metricName(original, unit, kind);
        const type = kind === "up-down-counter" ? "gauge" : kind;
        const why = reasonAgainst(metric, name, { types, histograms }, type);
        if (name === undefined || why !== undefined) {
          refuse(original, why ?? noName);
          continue;
        }
        types.set(name, type);
        if (type === "histogram") for (const sample of samplesOf(name)) histograms.set(sample, name);
        const family = families.get(name) ?? { name, type, help: description, unit: unitName(unit), points: [] };
        families.set(name, family);
        for (const { attributes, value } of classicPoints(metric)) {
          const labels = labelsOf(attributes);
          for (const [label, text] of ofScope) labels.set(label, text);
          if (type === "histogram") giveUpBound(labels);
          const rendered = renderLabels(labels);
          const key = `${name}{${rendered}}`;
          if (series.has(key)) {
            refuse(original, `${name} with the same labels is there already. Give one of them another name`);
            continue;
          }
          series.add(key);
          family.points.push({ labels: rendered, value });
        }
      }
    }
    return [...families.values()];
  };
}

/** Names that are in use. */
interface Taken {
  readonly types: ReadonlyMap<string, Family["type"]>;
  readonly histograms: ReadonlyMap<string, string>;
}

/**
 * The buckets of a histogram have `le` for themselves, and parsers ask for a number there in all of its samples: an
 * attribute of that name gets the one that Prometheus gives to labels it has to make room for.
 */
function giveUpBound(labels: Map<string, string>): void {
  const given = labels.get("le");
  if (given !== undefined && labels.delete("le")) labels.set("exported_le", given);
}

/** What a histogram is told by, beside its name. */
const samplesOf = (histogram: string): readonly string[] => [
  `${histogram}_bucket`,
  `${histogram}_sum`,
  `${histogram}_count`,
];

function reasonAgainst(
  metric: MetricData,
  name: string | undefined,
  { types, histograms }: Taken,
  type: Family["type"],
): string | undefined {
  if (name === undefined) return noName;
  const before = types.get(name) ?? type;
  const histogram = histograms.get(name);
  if (histogram !== undefined) {
    return `${name} is already a sample of the histogram ${histogram}. Give one of them another name`;
  }
  const sample = type === "histogram" ? samplesOf(name).find((each) => types.has(each)) : undefined;
  if (sample !== undefined) {
    return `its sample ${sample} is already the name of a ${types.get(sample)}. Give one of them another name`;
  }
  if (ownNames.has(name)) return `${name} is how Prometheus knows the service itself. Give it another name`;
  if (before !== type) return `${name} is already the name of a ${before}. Give one of them another name`;
  if (metric.dataPointType === DataPointType.GAUGE) return undefined;
  if (metric.aggregationTemporality === AggregationTemporality.CUMULATIVE) return undefined;
  return "it is collected as deltas, which Prometheus does not know. Give /metrics a reader of its own";
}

const noName = "nothing of its name can stand in one of Prometheus. Give it a name with letters";

function kindOf(metric: MetricData): MetricKind {
  switch (metric.dataPointType) {
    case DataPointType.GAUGE:
      return "gauge";
    case DataPointType.SUM:
      return metric.isMonotonic ? "counter" : "up-down-counter";
    case DataPointType.HISTOGRAM:
    case DataPointType.EXPONENTIAL_HISTOGRAM:
      return "histogram";
  }
}

type ClassicPoint = Pick<DataPoint<number | ClassicHistogram>, "attributes" | "value">;

function classicPoints(metric: MetricData): readonly ClassicPoint[] {
  switch (metric.dataPointType) {
    case DataPointType.GAUGE:
    case DataPointType.SUM:
      return metric.dataPoints;
    case DataPointType.HISTOGRAM:
      return metric.dataPoints.map(({ attributes, value }) => ({ attributes, value: classic(value) }));
    case DataPointType.EXPONENTIAL_HISTOGRAM: {
      const buckets = explicitBuckets(metric.dataPoints);
      return metric.dataPoints.map(({ attributes, value }) => ({
        attributes,
        value: {
          count: value.count,
          sum: value.sum,
          boundaries: buckets.boundaries,
          counts: buckets.counts(value),
        },
      }));
    }
  }
}

const classic = ({ count, sum, buckets }: Histogram): ClassicHistogram => ({
  count,
  sum,
  boundaries: buckets.boundaries,
  counts: buckets.counts,
});
