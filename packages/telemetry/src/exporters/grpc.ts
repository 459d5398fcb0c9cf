import type { MeterProvider } from "@opentelemetry/api";
import { ExportResultCode } from "@opentelemetry/core";
import {
  OTLPExporterBase,
  createOtlpNetworkExportDelegate,
  getSharedConfigurationDefaults,
} from "@opentelemetry/otlp-exporter-base";
import {
  createEmptyMetadata,
  createInsecureCredentials,
  createOtlpGrpcExportDelegate,
  createOtlpGrpcExporterMetrics,
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
import { systemClock } from "@seaworthy/lifecycle";
import { dialled } from "./grpc-target.ts";
import { hearAnswers } from "./hear-answers.ts";
import type { Destination, ExportEar, ProtocolExporters } from "./otlp.ts";
import { type OneTry, tryingAgain } from "./try-again.ts";

/** OTLP over gRPC: loaded only when asked for. */
export const exporters: ProtocolExporters = {
  traces: (to, provider, ear) =>
    create({ to, provider, ear, service: "Trace", item: "span" }, ProtobufTraceSerializer, TraceExporterMetricsHelper),
  metrics: (to, provider, ear) =>
    create(
      { to, provider, ear, service: "Metrics", item: "metric" },
      ProtobufMetricsSerializer,
      MetricsExporterMetricsHelper,
    ),
  logs: (to, provider, ear) =>
    create({ to, provider, ear, service: "Logs", item: "log" }, ProtobufLogsSerializer, LogsExporterMetricsHelper),
};

interface Parts {
  readonly to: Destination;
  readonly provider: MeterProvider | undefined;
  readonly ear: ExportEar | undefined;
  readonly service: "Trace" | "Metrics" | "Logs";
  /** What metrics of the SDK about itself call what is sent. */
  readonly item: string;
}

function create<Items>(
  { to, provider, ear, service, item }: Parts,
  serializer: ISerializer<Items, unknown>,
  helper: IExporterMetricsHelper<Items>,
): OTLPExporterBase<Items> {
  const options = optionsOf(to);
  const metrics = createOtlpGrpcExporterMetrics(`otlp_grpc_${item}_exporter`, helper, options.url, provider);
  const transport = tryingAgain(sendingOnce(options, service), { clock: systemClock, onUnreached: ear?.unreached });
  return new OTLPExporterBase(
    createOtlpNetworkExportDelegate(options, hearAnswers(serializer, ear), metrics, transport),
  );
}

type Options = Parameters<typeof createOtlpGrpcExportDelegate>[0];

function optionsOf({ url, headers, timeoutMs, compression, tls, insecure }: Destination): Options {
  const isPlain = /^http:/i.test(url) || (insecure && !/^https:/i.test(url));
  return {
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
}

/** The transport of the SDK, which can be had within its exporters only: one that takes what is encoded already. */
function sendingOnce(options: Options, service: Parts["service"]): OneTry {
  let answer: Uint8Array = empty;
  const asItIs: ISerializer<Uint8Array, void> = {
    serializeRequest: (bytes) => bytes,
    deserializeResponse: (bytes) => void (answer = bytes),
  };
  const path = `/opentelemetry.proto.collector.${service.toLowerCase()}.v1.${service}Service/Export`;
  const uncounted = { name: "log", countItems: () => 0 } as const;
  const sender = createOtlpGrpcExportDelegate(
    options,
    asItIs,
    "otlp_grpc",
    uncounted,
    undefined,
    `${service}ExportService`,
    path,
  );
  return {
    send: (bytes) =>
      new Promise((resolve) => {
        sender.export(bytes, ({ code, error }) => {
          // What was answered is handed over right before.
          if (code === ExportResultCode.SUCCESS) resolve({ status: "success", data: answer });
          else resolve({ status: "failure", error: error ?? new Error("Export failed") });
          answer = empty;
        });
      }),
    shutdown: () => void sender.shutdown(),
  };
}

const empty = new Uint8Array();
