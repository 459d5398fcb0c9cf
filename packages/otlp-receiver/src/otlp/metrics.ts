import { type Origin, type WireResource, type WireScope, originOf } from "./origin.ts";
import { type MetricType, type Point, type WirePoint, metricTypes, pointOf } from "./points.ts";

const temporalities = ["unspecified", "delta", "cumulative"] as const;

/** Whether a point counts from the last one on or from the start. */
export type Temporality = (typeof temporalities)[number];

/** A metric as it arrived in one request. */
export interface Metric extends Origin {
  readonly name: string;
  readonly unit: string;
  readonly description: string;
  readonly type: MetricType;
  /** Only of a sum and of both kinds of histogram. */
  readonly temporality?: Temporality;
  /** Only of a sum. */
  readonly monotonic?: boolean;
  readonly points: readonly Point[];
}

interface WireData {
  readonly dataPoints: readonly WirePoint[];
  readonly aggregationTemporality?: number;
  readonly isMonotonic?: boolean;
}

type WireMetric = { readonly [type in MetricType]?: WireData } & {
  readonly name?: string;
  readonly unit?: string;
  readonly description?: string;
};

interface WireRequest {
  readonly resourceMetrics: readonly (WireResource & {
    readonly scopeMetrics: readonly (WireScope & { readonly metrics: readonly WireMetric[] })[];
  })[];
}

/**
 * Lists the metrics of a request in their order; one without data is passed over.
 *
 * @throws `Malformed` for an exemplar whose id cannot be one
 */
export function metricsIn(request: unknown): Metric[] {
  return (request as WireRequest).resourceMetrics.flatMap((resource) =>
    resource.scopeMetrics.flatMap((scope) => {
      const origin = originOf(resource, scope);
      return scope.metrics.flatMap((metric) => metricOf(metric, origin) ?? []);
    }),
  );
}

function metricOf(wire: WireMetric, origin: Origin): Metric | undefined {
  const type = metricTypes.find((name) => wire[name] !== undefined);
  const data = type && wire[type];
  if (!type || !data) return undefined;
  const temporal = type !== "gauge" && type !== "summary";
  return {
    name: wire.name ?? "",
    unit: wire.unit ?? "",
    description: wire.description ?? "",
    type,
    ...(temporal && { temporality: temporalities[data.aggregationTemporality ?? 0] ?? "unspecified" }),
    ...(type === "sum" && { monotonic: data.isMonotonic ?? false }),
    points: data.dataPoints.map((point) => pointOf(type, point)),
    ...origin,
  };
}
