import type { ResourceMetrics, ScopeMetrics } from "@opentelemetry/sdk-metrics";

/** A batch in two, the first one being of what comes first; `undefined` for what is no more than one item. */
export function halvesOf<Batch>(batch: Batch): readonly [Batch, Batch] | undefined {
  if (Array.isArray(batch)) return halved(batch) as readonly [Batch, Batch] | undefined;
  return isMetrics(batch) ? (halvesOfMetrics(batch) as readonly [Batch, Batch] | undefined) : undefined;
}

/** Metric by metric, and of a single one point by point. */
function halvesOfMetrics(collected: ResourceMetrics): readonly ResourceMetrics[] | undefined {
  const single = collected.scopeMetrics.flatMap(({ scope, metrics }) =>
    metrics.map((metric): ScopeMetrics => ({ scope, metrics: [metric] })),
  );
  const [first] = single;
  const halves = halved(single) ?? (first && halvesOfMetric(first));
  return halves?.map((scopeMetrics) => ({ ...collected, scopeMetrics }));
}

function halvesOfMetric({ scope, metrics }: ScopeMetrics): readonly ScopeMetrics[][] | undefined {
  const [metric] = metrics;
  if (metric === undefined) return undefined;
  const points = halved<unknown>(metric.dataPoints);
  return points?.map((dataPoints) => [{ scope, metrics: [{ ...metric, dataPoints } as typeof metric] }]);
}

function halved<Item>(items: readonly Item[]): readonly [Item[], Item[]] | undefined {
  if (items.length < 2) return undefined;
  const middle = Math.ceil(items.length / 2);
  return [items.slice(0, middle), items.slice(middle)];
}

const isMetrics = (batch: unknown): batch is ResourceMetrics =>
  typeof batch === "object" && batch !== null && "scopeMetrics" in batch;
