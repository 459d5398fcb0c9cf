import type { MeterProvider } from "@opentelemetry/api";
import { OTLPExporterBase, getSharedConfigurationDefaults } from "@opentelemetry/otlp-exporter-base";
import {
  createEmptyMetadata,
  createInsecureCredentials,
  createOtlpGrpcExportDelegate,
  createSslCredentials,
} from "@opentelemetry/otlp-grpc-exporter-base";
import {
  type IExporterMetricsHelper,
  type ISerializer,
  LogsExporterMetricsHelper,
  MetricsExporterMetricsHelper,
  ProtobufLogsSerializer,
  ProtobufMetricsSerializer,
  ProtobufTraceSerializer,
  TraceExporterMetricsHelper,
} from "@opentelemetry/otlp-transformer";
import { dialled } from "./grpc-target.ts";
import type { Destination, ProtocolExporters } from "./otlp.ts";

/** OTLP over gRPC: loaded only when asked for. */
export const exporters: ProtocolExporters = {
  traces: (to, provider) => create(to, ProtobufTraceSerializer, "span", TraceExporterMetricsHelper, provider, "Trace"),
  metrics: (to, provider) =>
    create(to, ProtobufMetricsSerializer, "metric", MetricsExporterMetricsHelper, provider, "Metrics"),
  logs: (to, provider) => create(to, ProtobufLogsSerializer, "log", LogsExporterMetricsHelper, provider, "Logs"),
};

function create<Items>(
  { url, headers, timeoutMs, compression, tls, insecure }: Destination,
  serializer: ISerializer<Items, unknown>,
  item: string,
  helper: IExporterMetricsHelper<Items>,
  meterProvider: MeterProvider | undefined,
  service: "Trace" | "Metrics" | "Logs",
): OTLPExporterBase<Items> {
  const isPlain = /^http:/i.test(url) || (insecure && !/^https:/i.test(url));
  const options = {
    ...getSharedConfigurationDefaults(),
    url: dialled(url),
    timeoutMillis: timeoutMs,
    compression,
    metadata: () => {
      const metadata = createEmptyMetadata();
      for (const [name, value] of Object.entries(headers)) metadata.set(name, value);
      return metadata;
    },
    credentials: () => (isPlain ? createInsecureCredentials() : createSslCredentials(tls.ca, tls.key, tls.cert)),
  };
  const path = `/opentelemetry.proto.collector.${service.toLowerCase()}.v1.${service}Service/Export`;
  const type = `otlp_grpc_${item}_exporter`;
  const name = `${service}ExportService`;
  return new OTLPExporterBase(
    createOtlpGrpcExportDelegate(options, serializer, type, helper, meterProvider, name, path),
  );
}
