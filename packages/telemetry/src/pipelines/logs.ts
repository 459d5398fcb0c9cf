import type { MeterProvider } from "@opentelemetry/api";
import type { Resource } from "@opentelemetry/resources";
import {
  BatchLogRecordProcessor,
  type BatchLogRecordProcessorOptions,
  ConsoleLogRecordExporter,
  type LogRecordExporter,
  type LogRecordLimits,
  type LogRecordProcessor,
  LoggerProvider,
  type ReadableLogRecord,
  SimpleLogRecordProcessor,
} from "@opentelemetry/sdk-logs";
import { type Patience, countExports } from "./counted-exporter.ts";
import { flushInTurn } from "./flush-in-turn.ts";
import type { Tally } from "./tally.ts";
import type { Voice } from "./voice.ts";

/** What the pipeline of logs is built from. */
export interface LogsOptions {
  readonly resource: Resource;
  readonly limits: LogRecordLimits;
  readonly batch: Omit<BatchLogRecordProcessorOptions, "exporter" | "selfObsMeterProvider">;
  /** Where records are sent; `undefined` for nowhere. */
  readonly exporter: LogRecordExporter | undefined;
  /** Whether they are printed, too. */
  readonly console: boolean;
  readonly selfMetrics: MeterProvider;
  readonly tally: Tally;
  readonly voice: Voice;
  readonly patience?: Patience;
}

/** The pipeline of logs, from the logger to the exporter. */
export function createLogs(options: LogsOptions): LoggerProvider {
  const { resource, limits, batch, exporter, selfMetrics, tally, voice, patience } = options;
  const processors: LogRecordProcessor[] = [];
  if (exporter) {
    const counted = countExports(exporter, (records: ReadableLogRecord[]) => records.length, tally, voice, patience);
    const processor = new BatchLogRecordProcessor({ ...batch, exporter: counted, selfObsMeterProvider: selfMetrics });
    processors.push(acceptRecords(processor, tally));
  }
  if (options.console) processors.push(new SimpleLogRecordProcessor({ exporter: new ConsoleLogRecordExporter() }));
  return new LoggerProvider({ resource, logRecordLimits: limits, processors });
}

/** Counts what enters the queue. */
function acceptRecords(processor: LogRecordProcessor, tally: Tally): LogRecordProcessor {
  return {
    onEmit(record, context) {
      tally.accept(1);
      processor.onEmit(record, context);
    },
    ...flushInTurn(processor, tally),
  };
}
