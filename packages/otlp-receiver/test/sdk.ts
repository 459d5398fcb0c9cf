import { OTLPLogExporter as JsonLogExporter } from "@opentelemetry/exporter-logs-otlp-http";
import { OTLPLogExporter as ProtobufLogExporter } from "@opentelemetry/exporter-logs-otlp-proto";
import { OTLPMetricExporter as JsonMetricExporter } from "@opentelemetry/exporter-metrics-otlp-http";
import { OTLPMetricExporter as ProtobufMetricExporter } from "@opentelemetry/exporter-metrics-otlp-proto";
import { OTLPTraceExporter as JsonTraceExporter } from "@opentelemetry/exporter-trace-otlp-http";
import { OTLPTraceExporter as ProtobufTraceExporter } from "@opentelemetry/exporter-trace-otlp-proto";
import { resourceFromAttributes } from "@opentelemetry/resources";
import { BatchLogRecordProcessor, LoggerProvider } from "@opentelemetry/sdk-logs";
import { AggregationType, MeterProvider, PeriodicExportingMetricReader } from "@opentelemetry/sdk-metrics";
import { BatchSpanProcessor, TracerProvider } from "@opentelemetry/sdk-trace";

export const exporters = {
  protobuf: { trace: ProtobufTraceExporter, metric: ProtobufMetricExporter, log: ProtobufLogExporter },
  json: { trace: JsonTraceExporter, metric: JsonMetricExporter, log: JsonLogExporter },
};

/** What an exporter is given here: the type of its options is a `const enum` away. */
type ExporterOptions = ConstructorParameters<typeof ProtobufTraceExporter>[0];

export interface Sdk extends AsyncDisposable {
  readonly tracers: TracerProvider;
  readonly meters: MeterProvider;
  readonly loggers: LoggerProvider;
  flush(): Promise<void>;
}

/** The real SDK with its real exporters. Nothing is sent before a flush. */
export function startSdk(encoding: keyof typeof exporters, url: string, options: ExporterOptions = {}): Sdk {
  const { trace, metric, log } = exporters[encoding];
  const to = (path: string): ExporterOptions => ({ url: `${url}${path}`, timeoutMillis: 5_000, ...options });
  const resource = resourceFromAttributes({ "service.name": "orders", "host.cpus": 2 });
  const tracers = new TracerProvider({
    resource,
    spanProcessors: [
      new BatchSpanProcessor({ exporter: new trace(to("/v1/traces")), scheduledDelayMillis: 3_600_000 }),
    ],
  });
  const meters = new MeterProvider({
    resource,
    readers: [
      new PeriodicExportingMetricReader({
        exporter: new metric(to("/v1/metrics")),
        exportIntervalMillis: 3_600_000,
      }),
    ],
    views: [{ instrumentName: "exponential", aggregation: { type: AggregationType.EXPONENTIAL_HISTOGRAM } }],
  });
  const loggers = new LoggerProvider({
    resource,
    processors: [new BatchLogRecordProcessor({ exporter: new log(to("/v1/logs")), scheduledDelayMillis: 3_600_000 })],
  });
  return {
    tracers,
    meters,
    loggers,
    async flush() {
      await Promise.all([tracers.forceFlush(), meters.forceFlush(), loggers.forceFlush()]);
    },
    async [Symbol.asyncDispose]() {
      await Promise.allSettled([tracers.shutdown(), meters.shutdown(), loggers.shutdown()]);
    },
  };
}
