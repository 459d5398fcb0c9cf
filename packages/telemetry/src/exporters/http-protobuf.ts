import { OTLPLogExporter } from "@opentelemetry/exporter-logs-otlp-proto";
import { OTLPMetricExporter } from "@opentelemetry/exporter-metrics-otlp-proto";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-proto";
import type { OtlpExporters } from "./otlp.ts";
import { httpExporterOptions } from "./over-http.ts";

/** OTLP as Protocol Buffers over HTTP: the default. */
export const exporters: OtlpExporters = {
  traces: (destination, selfObsMeterProvider) =>
    new OTLPTraceExporter({ ...httpExporterOptions(destination), selfObsMeterProvider }),
  metrics: (destination, options) => new OTLPMetricExporter({ ...httpExporterOptions(destination), ...options }),
  logs: (destination, selfObsMeterProvider) =>
    new OTLPLogExporter({ ...httpExporterOptions(destination), selfObsMeterProvider }),
};
