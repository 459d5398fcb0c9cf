import type { ResourceMetrics } from "@opentelemetry/sdk-metrics";
import type { Tell } from "../channels.ts";
import { createExposition } from "./exposition.ts";
import type { MetricsAnswer, MetricsRequest, MetricsRoute } from "./metrics-answer.ts";
import { acceptsGzip, negotiateForm } from "./negotiate.ts";
import type { ScrapeSource } from "./scrape-source.ts";

/** Options of {@link metricsRoute}. */
export interface MetricsRouteOptions {
  readonly tell: Tell;
  /** Whether `otel_scope_*` labels tell which scope a metric is of. Default `true`. */
  readonly scopeLabels?: boolean;
  /** Whether `target_info` tells the attributes of the resource. Default `true`. */
  readonly targetInfo?: boolean;
  /** Whether answers are compressed for those who ask for it. Default `true`. */
  readonly gzip?: boolean;
  /** Looks at what a scrape is answered with. */
  readonly onCollected?: (collected: ResourceMetrics) => void;
}

/**
 * Makes what answers `/metrics`: in OpenMetrics or Prometheus's text format as the asker prefers, by the names that
 * Prometheus gives the same metrics over OTLP. Exponential histograms come with explicit buckets.
 *
 * When nothing can be collected it answers 500. When one observable callback fails, the others are told, and so is that
 * it failed, once until all have succeeded again.
 */
export function metricsRoute(source: ScrapeSource, options: MetricsRouteOptions): MetricsRoute {
  const { tell, scopeLabels = true, targetInfo = true, gzip = true, onCollected } = options;
  const warn = (message: string): void => tell({ level: "warn", code: "prometheus", message });
  const render = createExposition({
    scopeLabels,
    targetInfo,
    onRefused: (name, why) => warn(`/metrics does not have all of the metric "${name}": ${why}.`),
  });
  let isFailing = false;
  const failure = (error: unknown): void => {
    if (!isFailing)
      warn(`A scrape of /metrics was not whole: ${messageOf(error)}. Mend the observable callback that failed.`);
    isFailing = true;
  };

  const answer = async ({ method, headers }: MetricsRequest): Promise<MetricsAnswer> => {
    if (method !== "GET" && method !== "HEAD")
      return plain(405, "Only GET and HEAD are allowed.\n", { allow: "GET, HEAD" });
    const { form, contentType } = negotiateForm(headers.accept);
    const { resourceMetrics, errors } = await source.scrape();
    if (errors.length > 0) failure(errors[0]);
    else isFailing = false;
    onCollected?.(resourceMetrics);
    const text = render(resourceMetrics, form);
    if (!gzip || !acceptsGzip(headers["accept-encoding"])) return written(200, text, contentType, {});
    return written(200, await compress(text), contentType, { "content-encoding": "gzip" });
  };

  return async (request) => {
    try {
      return await answer(request);
    } catch (error) {
      failure(error);
      return plain(500, "The metrics could not be collected: reason withheld.\n");
    }
  };
}

const plain = (status: 405 | 500, text: string, headers: Readonly<Record<string, string>> = {}): MetricsAnswer =>
  written(status, text, "text/plain; charset=utf-8", headers);

function written(
  status: MetricsAnswer["status"],
  body: MetricsAnswer["body"],
  contentType: string,
  headers: Readonly<Record<string, string>>,
): MetricsAnswer {
  const length = typeof body === "string" ? Buffer.byteLength(body) : body.byteLength;
  return {
    status,
    body,
    headers: {
      "content-type": contentType,
      "content-length": String(length),
      "cache-control": "no-store",
      "x-content-type-options": "nosniff",
      vary: "accept, accept-encoding",
      ...headers,
    },
  };
}

async function compress(text: string): Promise<Uint8Array<ArrayBuffer>> {
  const { gzip } = process.getBuiltinModule("node:zlib");
  const { promise, resolve, reject } = Promise.withResolvers<Buffer>();
  gzip(text, (error, bytes) => (error ? reject(error) : resolve(bytes)));
  // A copy of its own: what it is cut from would be sent along to another thread.
  return new Uint8Array(await promise);
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
