import type { Resource } from "@opentelemetry/resources";
import {
  ConsoleMetricExporter,
  type IMetricReader,
  MeterProvider,
  type MetricReader,
  PeriodicExportingMetricReader,
  type PushMetricExporter,
  type ResourceMetrics,
  type ViewOptions,
} from "@opentelemetry/sdk-metrics";
import { type Patience, countExports } from "./counted-exporter.ts";
import type { LateCallbacks } from "./late-callbacks.ts";
import type { Tally } from "./tally.ts";
import type { Voice } from "./voice.ts";

/** What the pipeline of metrics is built from. */
export interface MetricsOptions {
  readonly resource: Resource;
  readonly views: ViewOptions[];
  /** How often they are pushed, and how long that may take, in milliseconds. */
  readonly intervalMs: number;
  readonly timeoutMs: number;
  /** Where metrics are sent; `undefined` for nowhere. */
  readonly exporter: PushMetricExporter | undefined;
  /** Whether they are printed, too. */
  readonly console: boolean;
  /** Whoever else reads them, such as a scrape. */
  readonly readers: readonly IMetricReader[];
  /** Looks at what is about to be sent. */
  readonly onCollected: (collected: ResourceMetrics) => void;
  readonly tally: Tally;
  readonly voice: Voice;
  readonly lateCallbacks: LateCallbacks;
  readonly patience?: Patience;
}

/** The pipeline of metrics, and the reader that pushes them. */
export interface MetricsPipeline {
  readonly provider: MeterProvider;
  readonly pushed: MetricReader | undefined;
}

/** Builds the pipeline of metrics, from the meter to the exporter. */
export function createMetrics(options: MetricsOptions): MetricsPipeline {
  const { resource, views, intervalMs, timeoutMs, exporter, tally, voice, lateCallbacks, patience } = options;
  const push = (to: PushMetricExporter): MetricReader =>
    new PeriodicExportingMetricReader({
      exporter: to,
      exportIntervalMillis: intervalMs,
      exportTimeoutMillis: Math.min(timeoutMs, intervalMs),
    });
  const lookAndCount = (collected: ResourceMetrics): number => {
    options.onCollected(collected);
    return pointsIn(collected);
  };
  const pushed = exporter && push(countExports(exporter, lookAndCount, accepting(tally), voice, patience));
  const readers = pushed ? [...options.readers, pushed] : [...options.readers];
  if (options.console) readers.push(push(new ConsoleMetricExporter()));
  for (const reader of readers) lateCallbacks.watchReader(reader);
  const provider = new MeterProvider({ resource, views, readers });
  lateCallbacks.watchMeters(provider);
  return { provider, pushed };
}

/** How many data points a collection has. */
export const pointsIn = ({ scopeMetrics }: ResourceMetrics): number =>
  scopeMetrics.reduce(
    (sum, { metrics }) => sum + metrics.reduce((points, { dataPoints }) => points + dataPoints.length, 0),
    0,
  );

/** Data points come to be when they are exported. */
export const accepting = (tally: Tally): Tally => ({
  ...tally,
  beginExport(points) {
    tally.accept(points);
    tally.beginExport(points);
  },
});
