import type { MeterProvider } from "@opentelemetry/api";
import { OTLPExporterBase, getSharedConfigurationDefaults } from "@opentelemetry/otlp-exporter-base";
import { createOtlpHttpExportDelegate, httpAgentFactoryFromOptions } from "@opentelemetry/otlp-exporter-base/node-http";
import {
  type IExporterMetricsHelper,
  type ISerializer,
  LogsExporterMetricsHelper,
  MetricsExporterMetricsHelper,
  TraceExporterMetricsHelper,
} from "@opentelemetry/otlp-transformer";
import type { ReadableLogRecord } from "@opentelemetry/sdk-logs";
import type { ResourceMetrics } from "@opentelemetry/sdk-metrics";
import type { ReadableSpan } from "@opentelemetry/sdk-trace";
import { hearAnswers } from "./hear-answers.ts";
import type { Destination, ExportEar, ProtocolExporters } from "./otlp.ts";

/** What OTLP over HTTP is written in. */
export interface Encoding {
  readonly contentType: string;
  readonly traces: ISerializer<ReadableSpan[], unknown>;
  readonly metrics: ISerializer<ResourceMetrics, unknown>;
  readonly logs: ISerializer<ReadableLogRecord[], unknown>;
  /** What metrics of the SDK about itself call its exporters, such as `otlp_http_span_exporter`. */
  readonly component: string;
}

/** The exporters over HTTP in one encoding. */
export function exportersOverHttp({ contentType, component, ...encoding }: Encoding): ProtocolExporters {
  const create = <Items>(
    { url, headers, timeoutMs, compression, tls }: Destination,
    serializer: ISerializer<Items, unknown>,
    item: string,
    helper: IExporterMetricsHelper<Items>,
    meterProvider: MeterProvider | undefined,
    ear: ExportEar | undefined,
  ): OTLPExporterBase<Items> => {
    const options = {
      ...getSharedConfigurationDefaults(),
      url,
      timeoutMillis: timeoutMs,
      compression,
      // The SDK writes further ones into what it gets.
      headers: async () => ({ ...headers, "Content-Type": contentType }),
      agentFactory: httpAgentFactoryFromOptions({ keepAlive: true, ...tls }),
    };
    const type = `${component}_${item}_exporter`;
    return new OTLPExporterBase(
      createOtlpHttpExportDelegate(options, hearAnswers(serializer, ear), type, helper, meterProvider),
    );
  };
  return {
    traces: (to, provider, ear) => create(to, encoding.traces, "span", TraceExporterMetricsHelper, provider, ear),
    metrics: (to, provider, ear) => create(to, encoding.metrics, "metric", MetricsExporterMetricsHelper, provider, ear),
    logs: (to, provider, ear) => create(to, encoding.logs, "log", LogsExporterMetricsHelper, provider, ear),
  };
}
