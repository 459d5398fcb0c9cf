import { OTLPLogExporter } from "@opentelemetry/exporter-logs-otlp-grpc";
import { OTLPMetricExporter } from "@opentelemetry/exporter-metrics-otlp-grpc";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-grpc";
import type { CompressionAlgorithm } from "@opentelemetry/otlp-exporter-base";
import {
  type OTLPGRPCExporterConfigNode,
  createEmptyMetadata,
  createInsecureCredentials,
  createSslCredentials,
} from "@opentelemetry/otlp-grpc-exporter-base";
import type { Destination, OtlpExporters } from "./otlp.ts";

/** OTLP over gRPC: loaded only when asked for. */
export const exporters: OtlpExporters = {
  traces: (destination, selfObsMeterProvider) =>
    new OTLPTraceExporter({ ...optionsOf(destination), selfObsMeterProvider }),
  metrics: (destination, options) => new OTLPMetricExporter({ ...optionsOf(destination), ...options }),
  logs: (destination, selfObsMeterProvider) => new OTLPLogExporter({ ...optionsOf(destination), selfObsMeterProvider }),
};

function optionsOf(destination: Destination): OTLPGRPCExporterConfigNode {
  const { url, headers, timeoutMs, compression, tls, insecure } = destination;
  const metadata = createEmptyMetadata();
  for (const [name, value] of Object.entries(headers)) metadata.set(name, value);
  const isPlain = /^http:/i.test(url) || (insecure && !/^https:/i.test(url));
  return {
    url,
    metadata,
    timeoutMillis: timeoutMs,
    compression: compression as CompressionAlgorithm,
    credentials: isPlain ? createInsecureCredentials() : createSslCredentials(tls.ca, tls.key, tls.cert),
  };
}
