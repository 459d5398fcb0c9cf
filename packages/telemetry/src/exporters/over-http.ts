import type { CompressionAlgorithm } from "@opentelemetry/otlp-exporter-base";
import type { Destination } from "./otlp.ts";

/** What the exporters over HTTP take. */
export interface HttpExporterOptions {
  readonly url: string;
  readonly headers: Record<string, string>;
  readonly timeoutMillis: number;
  readonly compression: CompressionAlgorithm;
  readonly httpAgentOptions: {
    readonly keepAlive: true;
    readonly ca?: Buffer;
    readonly cert?: Buffer;
    readonly key?: Buffer;
  };
}

/** What a destination says, all of it, so that the exporter has nothing left to look up in the environment. */
export function httpExporterOptions(destination: Destination): HttpExporterOptions {
  const { url, headers, timeoutMs, compression, tls } = destination;
  return {
    url,
    headers: { ...headers },
    timeoutMillis: timeoutMs,
    compression: compression as CompressionAlgorithm,
    httpAgentOptions: { keepAlive: true, ...tls },
  };
}
