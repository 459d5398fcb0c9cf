import type { Resource } from "@opentelemetry/resources";
import type { IMetricReader, ResourceMetrics } from "@opentelemetry/sdk-metrics";
import type { ReadableSpan } from "@opentelemetry/sdk-trace";
import type { Tell } from "./channels.ts";
import { batchLogOptionsOf, batchSpanOptionsOf } from "./environment/sdk/batch.ts";
import { otlpOptionsOf } from "./environment/sdk/destination.ts";
import { logRecordLimitsOf, spanLimitsOf } from "./environment/sdk/limits.ts";
import { metricExporterOptionsOf } from "./environment/sdk/metrics.ts";
import { samplerOf } from "./environment/sdk/sampler.ts";
import type { OtelSettings } from "./environment/settings.ts";
import type { Destination } from "./exporters/otlp.ts";
import type { PipelinePlans } from "./pipelines/open.ts";
import type { PipelineName } from "./pipelines/tally.ts";

/** What plans are made of, beside the settings. */
export interface PlanParts {
  readonly resource: Resource;
  /** Who reads the metrics beside those that push them. */
  readonly readers: readonly IMetricReader[];
  readonly isDropped: (span: ReadableSpan) => boolean;
  /** Looks at the metrics that are about to be sent. */
  readonly onCollected: (collected: ResourceMetrics) => void;
  readonly tell: Tell;
}

/** What each pipeline is made of, as the environment says. A pipeline whose exporter is `none` is off. */
export function plansOf(settings: OtelSettings, parts: PlanParts): PipelinePlans {
  const { resource, readers, isDropped, onCollected, tell } = parts;
  const { exporters, metrics } = settings;
  const leavesBy = (pipeline: PipelineName, exporter: "otlp" | "console"): boolean =>
    exporters[pipeline].includes(exporter);
  const isOn = (pipeline: PipelineName): boolean => !exporters[pipeline].includes("none");
  const destinationOf = (pipeline: PipelineName): Destination | undefined =>
    leavesBy(pipeline, "otlp") ? otlpOptionsOf(settings, pipeline, { readBytes, cwd: process.cwd(), find }) : undefined;
  const find = ({ level, message }: { level: "info" | "warn"; message: string }): void =>
    tell({ level, code: "environment", message });
  const common = (pipeline: PipelineName): { console: boolean; destination: Destination | undefined } => ({
    console: leavesBy(pipeline, "console"),
    destination: destinationOf(pipeline),
  });

  return {
    resource,
    ...(isOn("traces") && {
      traces: {
        ...common("traces"),
        sampler: samplerOf(settings),
        spanLimits: spanLimitsOf(settings),
        batch: batchSpanOptionsOf(settings),
        isDropped,
      },
    }),
    ...(isOn("metrics") && {
      metrics: {
        ...common("metrics"),
        exporterOptions: metricExporterOptionsOf(settings),
        intervalMs: metrics.intervalMs,
        timeoutMs: metrics.timeoutMs,
        views: [],
        answersScrapes: readers.length === 0 && exporters.metrics.includes("prometheus"),
        readers,
        onCollected,
      },
    }),
    ...(isOn("logs") && {
      logs: { ...common("logs"), limits: logRecordLimitsOf(settings), batch: batchLogOptionsOf(settings) },
    }),
  };
}

function readBytes(path: string): Buffer | undefined {
  try {
    return process.getBuiltinModule("node:fs").readFileSync(path);
  } catch {
    return undefined;
  }
}
