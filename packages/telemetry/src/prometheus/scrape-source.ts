import type { CollectionResult } from "@opentelemetry/sdk-metrics";

/** What a scrape is answered from. */
export interface ScrapeSource {
  /** Collects; whoever asks while that is under way gets the same result. */
  scrape(): Promise<CollectionResult>;
}

/** A source that can be kept answering when there is nothing left to collect from. */
export interface FreezableSource extends ScrapeSource {
  /** Collects one last time and answers with that from here on. Never rejects. */
  freeze(): Promise<void>;
}

/**
 * Lets scrapes share the collections of a reader, as a `PeriodicExportingMetricReader` is: of cumulative metrics a
 * reader takes nothing away by collecting, so one can serve the push and the pull. Without a reader of its own a scrape
 * costs no memory, and recording a measurement costs half of what it costs for two. Not for a reader that prefers
 * deltas: those it would take away, and `metricsRoute` refuses them by name.
 *
 * Freeze it before the reader is shut down.
 */
export function createScrapeSource(collect: () => Promise<CollectionResult>): FreezableSource {
  let underWay: Promise<CollectionResult> | undefined;
  let last: CollectionResult | undefined;

  const scrape = (): Promise<CollectionResult> => {
    if (last) return Promise.resolve(last);
    underWay ??= collectOnce();
    return underWay;
  };
  const collectOnce = async (): Promise<CollectionResult> => {
    try {
      return await collect();
    } finally {
      underWay = undefined;
    }
  };
  return {
    scrape,
    async freeze() {
      try {
        // What was under way may have begun before the last of what is to be told.
        await underWay?.catch(() => {});
        last ??= await scrape();
      } catch {
        // Then there is no last state, and a scrape says what is wrong.
      }
    },
  };
}
