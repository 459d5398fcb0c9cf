import {
  ProtobufLogsSerializer,
  ProtobufMetricsSerializer,
  ProtobufTraceSerializer,
} from "@opentelemetry/otlp-transformer";
import type { ProtocolExporters } from "./otlp.ts";
import { exportersOverHttp } from "./over-http.ts";

/** OTLP as Protocol Buffers over HTTP: the default. */
export const exporters: ProtocolExporters = exportersOverHttp({
  contentType: "application/x-protobuf",
  traces: ProtobufTraceSerializer,
  metrics: ProtobufMetricsSerializer,
  logs: ProtobufLogsSerializer,
  component: "otlp_http",
});
