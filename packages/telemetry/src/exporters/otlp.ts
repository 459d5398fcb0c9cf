import type { MeterProvider } from "@opentelemetry/api";
import type { LogRecordExporter } from "@opentelemetry/sdk-logs";
import type { PushMetricExporter } from "@opentelemetry/sdk-metrics";
import type { SpanExporter } from "@opentelemetry/sdk-trace";
import type { MetricExporterOptions } from "../environment/sdk/metrics.ts";

/** Where one pipeline is sent, and how. */
export interface Destination {
  readonly protocol: "http/protobuf" | "http/json" | "grpc";
  /** The whole URL; for gRPC, host and port with or without a scheme. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** How long an export may take, tries again included, in milliseconds. */
  readonly timeoutMs: number;
  readonly compression: "gzip" | "none";
  /** PEM texts, for TLS. */
  readonly tls: { readonly ca?: Buffer; readonly cert?: Buffer; readonly key?: Buffer };
  /** Whether gRPC speaks plain text where the URL does not say. */
  readonly insecure: boolean;
}

/** Hears at once what the result of an export does not say. */
export interface ExportEar {
  /** A try over gRPC found nobody, and there may be another one; those over HTTP Node tells of. */
  unreached(error: Error): void;
  /** The other side took an export, but for so many items. */
  rejected(items: number, reason: string): void;
  /** It took an export, and the answer is not one of OTLP; this is how that begins. */
  strange(answer: string): void;
}

/** Makes the exporters of a pipeline. */
export interface OtlpExporters {
  traces(destination: Destination, meterProvider: MeterProvider | undefined, ear?: ExportEar): SpanExporter;
  metrics(
    destination: Destination,
    options: MetricExporterOptions,
    ear?: ExportEar,
  ): PushMetricExporter & { setSelfObsMeterProvider(meterProvider: MeterProvider): void };
  logs(destination: Destination, meterProvider: MeterProvider | undefined, ear?: ExportEar): LogRecordExporter;
}

/**
 * Makes the exporters of one protocol: those of the SDK, made of its own parts. What it makes them of by default looks
 * up in `process.env` whatever it was not told, and puts what the variables of headers say beside what it was told: a
 * header that was refused would come back so, and one that no request can carry would fail every export.
 */
export interface ProtocolExporters {
  traces(destination: Destination, meterProvider: MeterProvider | undefined, ear?: ExportEar): SpanExporter;
  /** Without what its reader asks of it, which is known before it is made. */
  metrics(
    destination: Destination,
    meterProvider: MeterProvider | undefined,
    ear?: ExportEar,
  ): Pick<PushMetricExporter, "export" | "forceFlush" | "shutdown">;
  logs(destination: Destination, meterProvider: MeterProvider | undefined, ear?: ExportEar): LogRecordExporter;
}
