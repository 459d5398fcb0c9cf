import assert from "node:assert/strict";
import { test } from "node:test";
import type { LoggerProvider } from "@opentelemetry/api";
import type { Tell, TelemetryNotice } from "../../src/channels.ts";
import { serveOldLogsApi } from "../../src/logs/old-api.ts";
import { inSpan, loggerProvider, sent } from "./pipeline.ts";

const key = Symbol.for("io.opentelemetry.js.api.logs");
const globals = globalThis as { [key]?: (version: number) => LoggerProvider };

const refuse: Tell = ({ message }) => assert.fail(message);

/** What `logs.getLogger()` of @opentelemetry/api-logs does once a provider is registered. */
const oldLogger = (): ReturnType<LoggerProvider["getLogger"]> => {
  const provider = globals[key]?.(1);
  assert.ok(provider);
  return provider.getLogger("old", "1.0.0");
};

test("what uses the old logs API sends through the provider, with the ids of the active span", (t) => {
  const served = serveOldLogsApi({ loggerProvider, tell: refuse });
  t.after(() => served[Symbol.dispose]());
  const span = inSpan(() => oldLogger().emit({ severityNumber: 9, body: "old", attributes: { a: 1 } }));
  const [record] = sent();
  assert.equal(record?.body, "old");
  assert.equal(record?.instrumentationScope.name, "old");
  assert.equal(record?.spanContext?.spanId, span.spanContext().spanId);
});

test("a version that is not known is given a logger that does nothing", (t) => {
  const served = serveOldLogsApi({ loggerProvider, tell: refuse });
  t.after(() => served[Symbol.dispose]());
  globals[key]?.(2).getLogger("newer").emit({ body: "lost" });
  assert.deepEqual(sent(), []);
});

test("disposing takes it away", () => {
  serveOldLogsApi({ loggerProvider, tell: refuse })[Symbol.dispose]();
  assert.equal(key in globalThis, false);
});

test("a provider that is registered already stays, and that is told", (t) => {
  t.after(() => delete globals[key]);
  const theirs = (): LoggerProvider => loggerProvider;
  globals[key] = theirs;
  const notices: TelemetryNotice[] = [];
  const served = serveOldLogsApi({ loggerProvider, tell: (notice) => notices.push(notice) });
  assert.equal(globals[key], theirs);
  assert.deepEqual(
    notices.map(({ level, code }) => [level, code]),
    [["warn", "logs"]],
  );
  served[Symbol.dispose]();
  assert.equal(globals[key], theirs);
});
