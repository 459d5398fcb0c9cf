import { JsonLogsSerializer, JsonMetricsSerializer, JsonTraceSerializer } from "@opentelemetry/otlp-transformer";
import type { ProtocolExporters } from "./otlp.ts";
import { exportersOverHttp } from "./over-http.ts";

/** OTLP as JSON over HTTP: loaded only when asked for. */
export const exporters: ProtocolExporters = exportersOverHttp({
  contentType: "application/json",
  traces: JsonTraceSerializer,
  metrics: JsonMetricsSerializer,
  logs: JsonLogsSerializer,
  component: "otlp_http_json",
});
