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

/** Hears at once of an export over gRPC that found nobody, and is tried again; those over HTTP Node tells of. */
export type OnUnreached = (error: Error) => void;

/** Makes the exporters of a pipeline. */
export interface OtlpExporters {
  traces(destination: Destination, meterProvider: MeterProvider, onUnreached?: OnUnreached): SpanExporter;
  metrics(
    destination: Destination,
    options: MetricExporterOptions,
    onUnreached?: OnUnreached,
  ): PushMetricExporter & { setSelfObsMeterProvider(meterProvider: MeterProvider): void };
  logs(destination: Destination, meterProvider: MeterProvider, onUnreached?: OnUnreached): LogRecordExporter;
}

/**
 * Makes the exporters of one protocol: those of the SDK, made of its own parts. What it makes them of by default looks
 * up in `process.env` whatever it was not told, and puts what the variables of headers say beside what it was told: a
 * header that was refused would come back so, and one that no request can carry would fail every export.
 */
export interface ProtocolExporters {
  traces(destination: Destination, meterProvider: MeterProvider, onUnreached?: OnUnreached): SpanExporter;
  /** Without what its reader asks of it, which is known before it is made. */
  metrics(
    destination: Destination,
    meterProvider: MeterProvider | undefined,
    onUnreached?: OnUnreached,
  ): Pick<PushMetricExporter, "export" | "forceFlush" | "shutdown">;
  logs(destination: Destination, meterProvider: MeterProvider, onUnreached?: OnUnreached): LogRecordExporter;
}
