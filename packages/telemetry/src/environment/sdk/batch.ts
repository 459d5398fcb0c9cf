import type { BatchLogRecordProcessorOptions } from "@opentelemetry/sdk-logs";
import type { BatchSpanProcessorOptions } from "@opentelemetry/sdk-trace";
import type { BatchSettings, OtelSettings } from "../settings.ts";

/** How a batch processor of the SDK works, spans' and logs' alike. */
export type BatchOptions = Required<
  Pick<
    BatchSpanProcessorOptions & BatchLogRecordProcessorOptions,
    "scheduledDelayMillis" | "exportTimeoutMillis" | "maxQueueSize" | "maxExportBatchSize"
  >
>;

/** The options of `BatchSpanProcessor`. */
export const batchSpanOptionsOf = ({ batch }: Pick<OtelSettings, "batch">): BatchOptions => optionsOf(batch.spans);

/** The options of `BatchLogRecordProcessor`. */
export const batchLogOptionsOf = ({ batch }: Pick<OtelSettings, "batch">): BatchOptions => optionsOf(batch.logs);

const optionsOf = ({ scheduleDelayMs, exportTimeoutMs, ...sizes }: BatchSettings): BatchOptions => ({
  scheduledDelayMillis: scheduleDelayMs,
  exportTimeoutMillis: exportTimeoutMs,
  ...sizes,
});
