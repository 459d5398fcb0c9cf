import { once } from "node:events";
import type { RequestListener, Server } from "node:http";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { TestContext } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { type Attributes, SpanKind, context, propagation } from "@opentelemetry/api";
import { CompositePropagator, W3CBaggagePropagator, W3CTraceContextPropagator } from "@opentelemetry/core";
import {
  AggregationTemporality,
  DataPointType,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from "@opentelemetry/sdk-metrics";
import {
  InMemorySpanExporter,
  type ReadableSpan,
  type Sampler,
  SimpleSpanProcessor,
  TracerProvider,
} from "@opentelemetry/sdk-trace";
import type { TelemetryNotice } from "../../src/channels.ts";
import { createContextManager } from "../../src/context-manager.ts";
import { traceHttpClients } from "../../src/http/client.ts";
import { type TraceHttpServersOptions, type TracedHttpServers, traceHttpServers } from "../../src/http/server.ts";

/** What is handed to the tracing beyond its defaults, and how the SDK samples. */
export interface TracedOptions extends Pick<
  TraceHttpServersOptions,
  "isIgnored" | "isOwnServer" | "samplerReadsAttributes" | "knownMethods"
> {
  readonly sampler?: Sampler;
  readonly clients?: boolean;
  /** What a processor of the user does. */
  readonly onEnd?: (span: ReadableSpan) => void;
}

/** A metric's points: what was counted or recorded, by its attributes. */
export interface Point {
  readonly attributes: Attributes;
  /** The count of a histogram, or the value. */
  readonly value: number;
}

/** The real SDK, with what comes out of it. */
export interface Traced {
  readonly provider: TracerProvider;
  readonly servers: TracedHttpServers;
  /** If they are traced. */
  readonly clients: Disposable | undefined;
  readonly notices: TelemetryNotice[];
  /** The spans that would be exported, in the order in which they ended. */
  spans(kind?: SpanKind): ReadableSpan[];
  /** Waits until so many spans of a kind have ended. */
  ended(count: number, kind?: SpanKind): Promise<ReadableSpan[]>;
  points(metric: string): Promise<Point[]>;
}

/** One keeper of contexts for the process, as the API has it. */
export const contexts = createContextManager();
context.setGlobalContextManager(contexts);
propagation.setGlobalPropagator(
  new CompositePropagator({ propagators: [new W3CTraceContextPropagator(), new W3CBaggagePropagator()] }),
);

/** Traces servers, and clients if asked to, until the test is over. */
export function traced(t: TestContext, options: TracedOptions = {}): Traced {
  const { sampler, clients = false, onEnd, ...serverOptions } = options;
  const spanExporter = new InMemorySpanExporter();
  const inner = new SimpleSpanProcessor({ exporter: spanExporter });
  const provider = new TracerProvider({
    ...(sampler ? { sampler } : undefined),
    spanProcessors: [
      {
        onStart: (span, parent) => inner.onStart(span, parent),
        onEnd: (span) => {
          onEnd?.(span);
          if (!servers.isDropped(span)) inner.onEnd(span);
        },
        forceFlush: () => inner.forceFlush(),
        shutdown: () => inner.shutdown(),
      },
    ],
  });
  const metricExporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
  const reader = new PeriodicExportingMetricReader({ exporter: metricExporter, exportIntervalMillis: 2 ** 30 });
  const meters = new MeterProvider({ readers: [reader] });
  const notices: TelemetryNotice[] = [];
  const { knownMethods } = options;
  const common = {
    tracer: provider.getTracer("http"),
    meter: meters.getMeter("http"),
    tell: (notice: TelemetryNotice) => void notices.push(notice),
    contexts,
    knownMethods,
  };
  const servers = traceHttpServers({ ...common, ...serverOptions });
  const tracedClients = clients ? traceHttpClients(common) : undefined;
  t.after(async () => {
    servers[Symbol.dispose]();
    tracedClients?.[Symbol.dispose]();
    await provider.shutdown();
    await meters.shutdown();
  });
  const spans = (kind?: SpanKind): ReadableSpan[] =>
    spanExporter.getFinishedSpans().filter((span) => kind === undefined || span.kind === kind);
  return {
    provider,
    servers,
    clients: tracedClients,
    notices,
    spans,
    async ended(count, kind = SpanKind.SERVER) {
      while (spans(kind).length < count) await sleep(2);
      return spans(kind);
    },
    async points(metric) {
      metricExporter.reset();
      await reader.forceFlush();
      const all = metricExporter.getMetrics().flatMap(({ scopeMetrics }) => scopeMetrics.flatMap((one) => one.metrics));
      const found = all.filter(({ descriptor }) => descriptor.name === metric);
      return found.flatMap((data) =>
        data.dataPointType === DataPointType.HISTOGRAM
          ? data.dataPoints.map(({ attributes, value }) => ({ attributes, value: value.count }))
          : data.dataPoints.map(({ attributes, value }) => ({ attributes, value: value as number })),
      );
    },
  };
}

/** A server on a free port, gone when its test is over. */
export async function listening(
  t: TestContext,
  app: RequestListener | Server,
): Promise<{ server: Server; port: number; origin: string }> {
  const server = (typeof app === "function" ? createServer(app) : app).listen(0, "127.0.0.1");
  t.after(() => {
    server.close();
    server.closeAllConnections();
  });
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return { server, port, origin: `http://127.0.0.1:${port}` };
}
