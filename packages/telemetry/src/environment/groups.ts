import { headers } from "./headers.ts";
import * as known from "./known.ts";
import { type Known, file, flag, listOf, milliseconds, oneOf, text, timeout, whole } from "./readers.ts";
import { type Row, type Table, row } from "./row.ts";
import type { AttributeLimits, BatchSettings, ExporterName, OtlpVariables } from "./settings.ts";

/** Where a pipeline leads. */
export function exporter(
  pipeline: string,
  exporters: Known<ExporterName>,
  fallback: readonly ExporterName[],
  does: string,
): Row<readonly ExporterName[]> {
  return row(`OTEL_${pipeline}_EXPORTER`, listOf(exporters), fallback, `where ${pipeline.toLowerCase()} go: ${does}`);
}

/** What all pipelines have in common over OTLP, or what one of them has of its own (its name, with a `_` behind it). */
export function otlp(pipeline: string): Table<OtlpVariables> {
  const named = (name: string): string => `OTEL_EXPORTER_OTLP_${pipeline}${name}`;
  const isCommon = pipeline === "";
  const own = (name: string, shows: string): string => (isCommon ? shows : `as \`OTEL_EXPORTER_OTLP_${name}\``);
  const endpoint = isCommon
    ? "where a Collector is; over HTTP, `/v1/traces` and its like are appended"
    : "the whole URL, taken as it is";
  return {
    endpoint: row(
      named("ENDPOINT"),
      text,
      undefined,
      endpoint,
      own("ENDPOINT", "`http://localhost:4318`, with gRPC `:4317`"),
    ),
    protocol: row(
      named("PROTOCOL"),
      oneOf(known.protocols),
      undefined,
      "`http/protobuf`, `http/json` or `grpc`",
      own("PROTOCOL", "`http/protobuf`"),
    ),
    headers: row(
      named("HEADERS"),
      headers,
      {},
      isCommon ? "headers of every export, as `name=value`, percent-encoded" : "further headers, over the common ones",
      "none",
    ),
    timeoutMs: row(
      named("TIMEOUT"),
      timeout,
      undefined,
      "how long an export may take, tries again included",
      own("TIMEOUT", "`10000`"),
    ),
    compression: row(
      named("COMPRESSION"),
      oneOf(known.compressions),
      undefined,
      "`gzip` or `none`",
      own("COMPRESSION", "`none`"),
    ),
    insecure: row(
      named("INSECURE"),
      flag,
      undefined,
      "gRPC in plain text where the endpoint has no scheme",
      own("INSECURE", "`false`"),
    ),
    caFile: row(
      named("CERTIFICATE"),
      file,
      undefined,
      "PEM file of whom to trust",
      own("CERTIFICATE", "those of Node"),
    ),
    clientCertificateFile: row(
      named("CLIENT_CERTIFICATE"),
      file,
      undefined,
      "PEM file for mTLS",
      own("CLIENT_CERTIFICATE", "none"),
    ),
    clientKeyFile: row(named("CLIENT_KEY"), file, undefined, "PEM file for mTLS", own("CLIENT_KEY", "none")),
  };
}

/** How a batch processor works. */
export function batch(processor: string, what: string, delayMs: number): Table<BatchSettings> {
  const named = (name: string): string => `OTEL_${processor}_${name}`;
  return {
    scheduleDelayMs: row(
      named("SCHEDULE_DELAY"),
      milliseconds(),
      delayMs,
      `how long ${what} are gathered, in milliseconds`,
    ),
    exportTimeoutMs: row(named("EXPORT_TIMEOUT"), timeout, 30_000, `how long an export of ${what} may take`),
    maxQueueSize: row(
      named("MAX_QUEUE_SIZE"),
      whole(1),
      2_048,
      `how many ${what} wait; further ones are dropped and counted`,
    ),
    maxExportBatchSize: row(named("MAX_EXPORT_BATCH_SIZE"), whole(1), 512, `how many ${what} go at once`),
  };
}

/** How many attributes something keeps, and how long their texts stay. */
export function limits(prefix: string, what: string, count: string, length: string): Table<AttributeLimits> {
  return {
    attributeCount: row(`OTEL_${prefix}_COUNT_LIMIT`, whole(), undefined, `how many attributes ${what} keeps`, count),
    attributeValueLength: row(
      `OTEL_${prefix}_VALUE_LENGTH_LIMIT`,
      // The SDK takes no 0 here, and would keep whole texts.
      whole(1),
      undefined,
      `how long a text in the attributes of ${what} stays`,
      length,
    ),
  };
}
