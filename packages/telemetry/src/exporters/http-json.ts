import { OTLPLogExporter } from "@opentelemetry/exporter-logs-otlp-http";
import { OTLPMetricExporter } from "@opentelemetry/exporter-metrics-otlp-http";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-http";
import type { OtlpExporters } from "./otlp.ts";
import { httpExporterOptions } from "./over-http.ts";

/** OTLP as JSON over HTTP: loaded only when asked for. */
export const exporters: OtlpExporters = {
  traces: (destination, selfObsMeterProvider) =>
    new OTLPTraceExporter({ ...httpExporterOptions(destination), selfObsMeterProvider }),
  metrics: (destination, options) => new OTLPMetricExporter({ ...httpExporterOptions(destination), ...options }),
  logs: (destination, selfObsMeterProvider) =>
    new OTLPLogExporter({ ...httpExporterOptions(destination), selfObsMeterProvider }),
};
