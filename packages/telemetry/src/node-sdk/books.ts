import { TraceFlags } from "@opentelemetry/api";
import type { ReadableSpan } from "@opentelemetry/sdk-trace";
import type { ResourceMetrics } from "@opentelemetry/sdk-metrics";
import { type ExportListener, countExports } from "../pipelines/counted-exporter.ts";
import { accepting, pointsIn } from "../pipelines/metrics.ts";
import { type PipelineName, type Tally, createTally } from "../pipelines/tally.ts";
import type { ExporterHolder, SdkParts } from "./parts.ts";

const silent: ExportListener = { sent() {}, failed() {}, unsendable() {}, strange() {} };

/**
 * Keeps the books of the SDK that the application built, and keeps out of it the spans that are not to be seen. Parts that
 * are frozen are left as they are.
 */
export function keepBooks(
  { spans, logs, readers }: SdkParts,
  isDropped: (span: object) => boolean,
): Readonly<Partial<Record<PipelineName, Tally>>> {
  const books: Partial<Record<PipelineName, Tally>> = {};
  const open = (name: PipelineName, holder: ExporterHolder, itemsIn: (batch: never) => number): Tally | undefined => {
    const { _exporter: exporter } = holder;
    if (typeof exporter?.export !== "function" || Object.isFrozen(exporter)) return undefined;
    const tally = createTally();
    countExports(exporter, itemsIn, name === "metrics" ? accepting(tally) : tally, silent);
    // With several exporters an item is sent several times; the first one's books are the pipeline's.
    books[name] ??= tally;
    return tally;
  };

  for (const processor of spans.filter(isOpen)) {
    const tally = open("traces", processor, (batch: readonly object[]) => batch.length);
    const onEnd = processor.onEnd.bind(processor);
    processor.onEnd = (span) => {
      if (isDropped(span)) return;
      if (isSampled(span as ReadableSpan)) tally?.accept(1);
      onEnd(span);
    };
  }
  for (const processor of logs.filter(isOpen)) {
    const tally = open("logs", processor, (batch: readonly object[]) => batch.length);
    const onEmit = processor.onEmit.bind(processor);
    processor.onEmit = (record, context) => {
      tally?.accept(1);
      onEmit(record, context);
    };
  }
  for (const reader of readers) open("metrics", reader, (batch: ResourceMetrics) => pointsIn(batch));
  return books;
}

const isOpen = (part: object): boolean => !Object.isFrozen(part);

const isSampled = (span: ReadableSpan): boolean => (span.spanContext().traceFlags & TraceFlags.SAMPLED) !== 0;
