import assert from "node:assert/strict";
import { test } from "node:test";
import { InMemoryLogRecordExporter, LoggerProvider, SimpleLogRecordProcessor } from "@opentelemetry/sdk-logs";
import { readOtelEnvironment } from "../../../src/environment/read-environment.ts";
import { batchLogOptionsOf } from "../../../src/environment/sdk/batch.ts";
import { logRecordLimitsOf } from "../../../src/environment/sdk/limits.ts";

test("the limits of log records hold in a provider that is given them", () => {
  const exporter = new InMemoryLogRecordExporter();
  const provider = new LoggerProvider({
    logRecordLimits: logRecordLimitsOf(
      readOtelEnvironment({ OTEL_LOGRECORD_ATTRIBUTE_COUNT_LIMIT: "1", OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT: "2" }),
    ),
    processors: [new SimpleLogRecordProcessor({ exporter })],
  });
  provider.getLogger("test").emit({ body: "hello", attributes: { a: "abc", b: "b" } });
  assert.deepEqual(exporter.getFinishedLogRecords()[0]?.attributes, { a: "ab" });
});

test("the batches of log records are those of the specification when nothing is set", () => {
  assert.deepEqual(batchLogOptionsOf(readOtelEnvironment({})), {
    scheduledDelayMillis: 1_000,
    exportTimeoutMillis: 30_000,
    maxQueueSize: 2_048,
    maxExportBatchSize: 512,
  });
});

test("what is set for log records is not set for spans", () => {
  const settings = readOtelEnvironment({ OTEL_BLRP_MAX_QUEUE_SIZE: "600", OTEL_BLRP_SCHEDULE_DELAY: "5" });
  assert.deepEqual(batchLogOptionsOf(settings), {
    scheduledDelayMillis: 5,
    exportTimeoutMillis: 30_000,
    maxQueueSize: 600,
    maxExportBatchSize: 512,
  });
  assert.equal(settings.batch.spans.maxQueueSize, 2_048);
});
