/** One of the three kinds of telemetry, named as in its path. */
export type Pipeline = "traces" | "metrics" | "logs";

interface Messages {
  readonly request: string;
  readonly response: string;
  /** The field that counts what was rejected in part. */
  readonly rejected: string;
}

/** What each pipeline calls its messages. */
export const messagesOf: Readonly<Record<Pipeline, Messages>> = {
  traces: {
    request: "ExportTraceServiceRequest",
    response: "ExportTraceServiceResponse",
    rejected: "rejectedSpans",
  },
  metrics: {
    request: "ExportMetricsServiceRequest",
    response: "ExportMetricsServiceResponse",
    rejected: "rejectedDataPoints",
  },
  logs: {
    request: "ExportLogsServiceRequest",
    response: "ExportLogsServiceResponse",
    rejected: "rejectedLogRecords",
  },
};

/** The pipeline that a path belongs to: `/v1/traces` to `traces`. */
export function pipelineAt(path: string): Pipeline | undefined {
  return (Object.keys(messagesOf) as Pipeline[]).find((pipeline) => path === `/v1/${pipeline}`);
}
