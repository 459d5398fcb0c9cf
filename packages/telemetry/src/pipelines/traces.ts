import { TraceFlags } from "@opentelemetry/api";
import type { Resource } from "@opentelemetry/resources";
import {
  BatchSpanProcessor,
  type BatchSpanProcessorOptions,
  ConsoleSpanExporter,
  type ReadableSpan,
  type Sampler,
  SimpleSpanProcessor,
  type SpanExporter,
  type SpanLimits,
  type SpanProcessor,
  TracerProvider,
} from "@opentelemetry/sdk-trace";
import type { MeterProvider } from "@opentelemetry/api";
import { type Patience, countExports } from "./counted-exporter.ts";
import { flushInTurn } from "./flush-in-turn.ts";
import type { Tally } from "./tally.ts";
import type { Voice } from "./voice.ts";

/** What the pipeline of traces is built from. */
export interface TracesOptions {
  readonly resource: Resource;
  readonly sampler: Sampler;
  readonly spanLimits: SpanLimits;
  readonly batch: Omit<BatchSpanProcessorOptions, "exporter" | "selfObsMeterProvider">;
  /** Where spans are sent; `undefined` for nowhere. */
  readonly exporter: SpanExporter | undefined;
  /** Whether they are printed, too. */
  readonly console: boolean;
  /** Whether a span that has ended is to be kept out. */
  readonly isDropped: (span: ReadableSpan) => boolean;
  readonly selfMetrics: MeterProvider;
  readonly tally: Tally;
  readonly voice: Voice;
  readonly patience?: Patience;
}

/** The pipeline of traces, from the tracer to the exporter. */
export function createTraces(options: TracesOptions): TracerProvider {
  const { resource, sampler, spanLimits, batch, exporter, selfMetrics, tally, voice, patience } = options;
  const spanProcessors: SpanProcessor[] = [];
  if (exporter) {
    const counted = countExports(exporter, (spans: ReadableSpan[]) => spans.length, tally, voice, patience);
    const processor = new BatchSpanProcessor({ ...batch, exporter: counted, selfObsMeterProvider: selfMetrics });
    spanProcessors.push(acceptSpans(processor, options));
  }
  if (options.console) {
    const printing = new SimpleSpanProcessor({ exporter: new ConsoleSpanExporter() });
    spanProcessors.push(keepOut(printing, options.isDropped));
  }
  return new TracerProvider({ resource, sampler, spanLimits, spanProcessors });
}

/** Counts what enters the queue, and lets no span in that is to be kept out. */
function acceptSpans(processor: SpanProcessor, { isDropped, tally }: TracesOptions): SpanProcessor {
  return {
    onStart() {},
    onEnd(span) {
      if ((span.spanContext().traceFlags & TraceFlags.SAMPLED) === 0 || isDropped(span)) return;
      tally.accept(1);
      processor.onEnd(span);
    },
    ...flushInTurn(processor, tally),
  };
}

/** Lets no span in that is to be kept out. */
const keepOut = (processor: SpanProcessor, isDropped: TracesOptions["isDropped"]): SpanProcessor => ({
  onStart() {},
  onEnd(span) {
    if (!isDropped(span)) processor.onEnd(span);
  },
  forceFlush: () => processor.forceFlush(),
  shutdown: () => processor.shutdown(),
});
