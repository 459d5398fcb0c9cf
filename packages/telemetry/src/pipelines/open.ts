import { type ExportResult, ExportResultCode } from "@opentelemetry/core";
import type { Resource } from "@opentelemetry/resources";
import type { LoggerProvider } from "@opentelemetry/sdk-logs";
import type { MeterProvider } from "@opentelemetry/sdk-metrics";
import type { TracerProvider } from "@opentelemetry/sdk-trace";
import type { Clock } from "@seaworthy/lifecycle";
import type { Tell } from "../channels.ts";
import { exportersOnDemand as exporters } from "../exporters/on-demand.ts";
import type { MetricExporterOptions } from "../environment/sdk/metrics.ts";
import type { Destination, ExportEar } from "../exporters/otlp.ts";
import { shownUrl } from "../exporters/shown-url.ts";
import { type ScrapeSource, createScrapeSource } from "../prometheus/scrape-source.ts";
import { type Flushable, type Flushables } from "./flush.ts";
import { createLateCallbacks } from "./late-callbacks.ts";
import { type LogsOptions, createLogs } from "./logs.ts";
import { type MetricsOptions, type MetricsPipeline, createMetrics } from "./metrics.ts";
import type { Patience } from "./counted-exporter.ts";
import { neverThrow } from "./never-throw.ts";
import { hearRefusals } from "./refusals.ts";
import { hearDrops } from "./self-metrics.ts";
import { noteStrangeAnswer } from "./strange-answer.ts";
import { type PipelineName, type Tally, createTally } from "./tally.ts";
import { type TracesOptions, createTraces } from "./traces.ts";
import { type Voice, createVoice } from "./voice.ts";

/** What each pipeline is made of; one that is left out is off. */
export interface PipelinePlans {
  readonly resource: Resource;
  readonly traces?: Plan<TracesOptions>;
  readonly metrics?: Plan<MetricsOptions> & {
    readonly exporterOptions: MetricExporterOptions;
    /** Whether scrapes are answered from what the reader that pushes holds, which takes nothing away from it. */
    readonly answersScrapes: boolean;
  };
  readonly logs?: Plan<LogsOptions>;
}

type Plan<Options> = Omit<
  Options,
  "resource" | "exporter" | "selfMetrics" | "tally" | "voice" | "lateCallbacks" | "patience"
> & {
  /** Where it is sent; `undefined` for nowhere. */
  readonly destination: Destination | undefined;
};

/** The pipelines, open. `flush` is what ends them; disposing before that stops them, and sends nothing any more. */
export interface Pipelines extends Disposable {
  readonly tracerProvider?: TracerProvider;
  readonly meterProvider?: MeterProvider;
  readonly loggerProvider?: LoggerProvider;
  /** What scrapes are answered from, where the reader that pushes answers them. */
  readonly scrapeSource?: ScrapeSource;
  readonly flushables: Flushables;
  readonly tallies: Readonly<Partial<Record<PipelineName, Tally>>>;
}

/** A pipeline and its books. */
interface Books {
  readonly tally: Tally;
  readonly voice: Voice;
  readonly patience: Patience;
  /** Where it is sent; pipelines may share one. */
  readonly endpoint: string | undefined;
  hopeless: PromiseWithResolvers<void>;
}

/** Builds the pipelines and starts them. */
export function openPipelines(plans: PipelinePlans, clock: Clock, tell: Tell): Pipelines {
  const { resource, traces, metrics, logs } = plans;
  neverThrow();
  const books: Partial<Record<PipelineName, Books>> = {};
  const bookOf = (name: PipelineName, destination: Destination | undefined, batch?: BatchTimes): Books => {
    const voice = createVoice(name, destination ? shownUrl(destination.url) : "the console", clock, tell);
    const ownMs = (destination?.timeoutMs ?? 0) + graceMs;
    // A batch processor goes on to the next batch after so long, answered or not.
    const patience = batch
      ? { clock, timeoutMs: Math.min(ownMs, batch.exportTimeoutMillis ?? ownMs), mostAtOnce }
      : { clock, timeoutMs: ownMs };
    const endpoint = destination && endpointOf(destination.url);
    const hopeless = Promise.withResolvers<void>();
    return (books[name] = { tally: createTally(), voice, patience, endpoint, hopeless });
  };
  const isReached = ({ endpoint }: Books): boolean =>
    Object.values(books).some((other) => other.endpoint === endpoint && other.tally.counts().sent > 0);
  const earOf = (own: Books): ExportEar => ({
    unreached(error) {
      own.voice.refused(error);
      if (!isReached(own) && !isCut(error)) own.hopeless.resolve();
    },
    rejected: (items, reason) => own.voice.rejected(own.tally.reject(items), reason),
    strange: noteStrangeAnswer,
  });
  const dropsOf =
    ({ tally, voice }: Books) =>
    (items: number): void => {
      tally.drop(items);
      voice.dropped(items);
    };

  const metricBooks = metrics && bookOf("metrics", metrics.destination);
  const metricExporter =
    metrics?.destination &&
    exporters.metrics(metrics.destination, metrics.exporterOptions, metricBooks && earOf(metricBooks));
  const lateCallbacks = createLateCallbacks(clock, tell);
  const { provider: meterProvider, pushed } =
    metrics && metricBooks
      ? createMetrics({ ...metrics, ...metricBooks, resource, exporter: metricExporter, lateCallbacks })
      : none;
  const scrapeSource =
    metrics?.answersScrapes && pushed
      ? createScrapeSource(() => pushed.collect({ timeoutMillis: scrapeTimeoutMs }))
      : undefined;
  if (meterProvider) metricExporter?.setSelfObsMeterProvider(meterProvider);

  const traceBooks = traces && bookOf("traces", traces.destination, traces.batch);
  const traceMetrics = hearDrops(meterProvider, traceBooks ? dropsOf(traceBooks) : () => {});
  const traceExporter =
    traces?.destination && exporters.traces(traces.destination, traceMetrics, traceBooks && earOf(traceBooks));
  const tracerProvider =
    traces &&
    traceBooks &&
    createTraces({ ...traces, ...traceBooks, resource, exporter: traceExporter, selfMetrics: traceMetrics });

  const logBooks = logs && bookOf("logs", logs.destination, logs.batch);
  const logMetrics = hearDrops(meterProvider, logBooks ? dropsOf(logBooks) : () => {});
  const logExporter = logs?.destination && exporters.logs(logs.destination, logMetrics, logBooks && earOf(logBooks));
  const loggerProvider =
    logs && logBooks && createLogs({ ...logs, ...logBooks, resource, exporter: logExporter, selfMetrics: logMetrics });

  // Pipelines may share an endpoint.
  const endpoints = new Map<string, Books[]>();
  for (const [name, plan] of Object.entries({ traces, metrics, logs })) {
    const own = books[name as PipelineName];
    if (own && plan?.destination && URL.canParse(plan.destination.url)) {
      const url = withoutCredentials(plan.destination.url);
      endpoints.set(url, [...(endpoints.get(url) ?? []), own]);
    }
  }
  const refusals = hearRefusals((url, error) => {
    for (const own of endpoints.get(url.href) ?? []) earOf(own).unreached(error);
  });

  let isEnding = false;
  const flushables: Partial<Record<PipelineName, Flushable>> = {};
  for (const [name, provider] of Object.entries({
    traces: tracerProvider,
    metrics: meterProvider,
    logs: loggerProvider,
  })) {
    const own = books[name as PipelineName];
    if (!provider || !own) continue;
    flushables[name as PipelineName] = {
      tally: own.tally,
      async shutdown(budgetMs) {
        isEnding = true;
        if (provider === meterProvider) {
          lateCallbacks.hurry(budgetMs * collectingPart);
          await scrapeSource?.freeze();
        }
        await provider.shutdown();
      },
      whenHopeless() {
        // What was refused before may be there by now: it is asked once more.
        own.hopeless = Promise.withResolvers<void>();
        return own.hopeless.promise;
      },
    };
  }
  return {
    ...(tracerProvider && { tracerProvider }),
    ...(meterProvider && { meterProvider }),
    ...(loggerProvider && { loggerProvider }),
    ...(scrapeSource && { scrapeSource }),
    flushables,
    tallies: Object.fromEntries(Object.entries(books).map(([name, { tally }]) => [name, tally])),
    [Symbol.dispose]() {
      refusals[Symbol.dispose]();
      if (isEnding) return;
      isEnding = true;
      lateCallbacks.hurry(0);
      for (const exporter of [traceExporter, metricExporter, logExporter]) if (exporter) exporter.export = sendNothing;
      for (const provider of [tracerProvider, meterProvider, loggerProvider]) provider?.shutdown().catch(() => {});
    },
  };
}

/** Takes the place of an exporter when its timers are all that is still to be ended. */
const sendNothing = (_batch: unknown, done: (result: ExportResult) => void): void =>
  done({ code: ExportResultCode.SUCCESS });

/** Whether somebody was there, and cut the connection: the next one may fare better. */
const isCut = (error: Error): boolean => /^(?:ECONNRESET|EPIPE)$/.test(String((error as NodeJS.ErrnoException).code));

/** An exporter ends an export by itself when its time is over; it is given a moment for that. */
const graceMs = 500;

/** A flush hands over all batches at once, and an exporter of the SDK takes 30. Fewer keep the other side busy. */
const mostAtOnce = 8;

/** What of a batch processor's options counts here. */
interface BatchTimes {
  readonly exportTimeoutMillis?: number | undefined;
}

const none: Partial<MetricsPipeline> = {};

/** How much of a flush may go by with waiting for observable callbacks; the rest is for sending what there is. */
const collectingPart = 1 / 3;

/** How long an observable callback may keep a scrape waiting: half of Prometheus's own time-out. */
const scrapeTimeoutMs = 5_000;

/** A request shows them in a header of its own. */
function withoutCredentials(url: string): string {
  const { protocol, host, pathname, search } = new URL(url);
  return `${protocol}//${host}${pathname}${search}`;
}

/** Host and port, which have an answer for all pipelines or for none. */
const endpointOf = (url: string): string => (URL.canParse(url) && new URL(url).host) || url;
