import { type CollectionResult, MetricReader } from "@opentelemetry/sdk-metrics";
import type { Clock } from "@seaworthy/lifecycle";
import { type FreezableSource, type ScrapeSource, createScrapeSource } from "./scrape-source.ts";

/** Options of {@link createScrapeReader}. */
export interface ScrapeReaderOptions {
  readonly clock: Clock;
  /** After how long without a scrape it collects for itself, in milliseconds. Default 60 000. */
  readonly drainAfterMs?: number;
  /** How long an observable callback may take, in milliseconds. Default 5 000, half of Prometheus's scrape timeout. */
  readonly timeoutMs?: number;
}

/** A reader that scrapes are answered from. */
export type ScrapeReader = MetricReader & ScrapeSource;

/**
 * Makes a reader for scrapes, beside which any other can stand in one MeterProvider.
 *
 * The SDK keeps one storage for all readers of an instrument that a View matches, and sets every collection of any
 * reader by for each of the others until that one collects too (`TemporalMetricProcessor`,
 * open-telemetry/opentelemetry-js#4115). A reader that nobody scrapes would have it grow for ever; this one collects
 * for itself after a while, which merges what was set by. What is left is one collection of each other reader in that
 * while.
 *
 * When it is shut down it collects one last time and answers with that.
 */
export function createScrapeReader(options: ScrapeReaderOptions): ScrapeReader {
  return new DrainedReader(options);
}

class DrainedReader extends MetricReader implements ScrapeSource {
  readonly #options: Required<ScrapeReaderOptions>;
  readonly #source: FreezableSource;
  #drain: Disposable | undefined;
  #isShutDown = false;

  constructor(options: ScrapeReaderOptions) {
    super({ otelComponentType: "prometheus_http_text_metric_exporter" });
    this.#options = { drainAfterMs: 60_000, timeoutMs: 5_000, ...options };
    this.#source = createScrapeSource(() => this.#collectNow());
  }

  scrape(): Promise<CollectionResult> {
    return this.#source.scrape();
  }

  protected override onInitialized(): void {
    this.#drainLater();
  }

  protected override async onForceFlush(): Promise<void> {
    // Nothing is held back that could be flushed.
  }

  protected override async onShutdown(): Promise<void> {
    await this.#source.freeze();
    this.#isShutDown = true;
    this.#drain?.[Symbol.dispose]();
  }

  #collectNow(): Promise<CollectionResult> {
    this.#drainLater();
    return this.collect({ timeoutMillis: this.#options.timeoutMs });
  }

  #drainLater(): void {
    this.#drain?.[Symbol.dispose]();
    if (this.#isShutDown) return;
    const { clock, drainAfterMs } = this.#options;
    // What cannot be collected now is told to whoever scrapes.
    this.#drain = clock.after(drainAfterMs, () => void this.scrape().catch(() => {}));
  }
}
