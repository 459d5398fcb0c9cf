import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { context } from "@opentelemetry/api";
import { suppressTracing } from "@opentelemetry/core";
import type * as Bunyan from "bunyan";
import { bunyanInstrumentation } from "../../src/logs/bunyan.ts";
import { idsOf, inSpan, require, sent, sink } from "./pipeline.ts";

const early = (require("bunyan") as typeof Bunyan).createLogger({ name: "early", streams: [] });
const instrumentation = bunyanInstrumentation();
instrumentation.enable();
const bunyan = require("bunyan") as typeof Bunyan;

test("a line and its record have the ids of the active span", () => {
  const out = sink();
  const log = bunyan.createLogger({ name: "orders", stream: out.stream });
  const span = inSpan(() => log.info({ order: 7, when: new Date(0) }, "placed %s", "now"));
  const [line] = out.lines();
  const [record, ...more] = sent();
  assert.deepEqual(more, []);
  assert.equal(line?.["trace_id"], span.spanContext().traceId);
  assert.equal(line?.["span_id"], idsOf(span)["span_id"]);
  assert.equal(line?.["trace_flags"], "01");
  assert.equal(record?.spanContext?.traceId, span.spanContext().traceId);
  assert.equal(record?.spanContext?.spanId, span.spanContext().spanId);
  assert.equal(record?.body, "placed now");
  assert.equal(record?.severityNumber, 9);
  assert.equal(record?.severityText, "info");
  assert.deepEqual(record?.attributes, { name: "orders", order: 7, when: "1970-01-01T00:00:00.000Z" });
  const time = Date.parse(String(line?.["time"]));
  assert.deepEqual(record?.hrTime, [Math.floor(time / 1e3), (time % 1e3) * 1e6]);
});

test("a time that is none is now", () => {
  const log = bunyan.createLogger({ name: "orders", stream: sink().stream });
  const before = Date.now();
  log.info({ time: new Date("never") }, "placed");
  const [record] = sent();
  assert.ok((record?.hrTime[0] ?? 0) >= Math.floor(before / 1e3), String(record?.hrTime));
});

test("several streams and child loggers send once what any of them takes", () => {
  const [all, errors, raw] = [sink(), sink(), [] as unknown[]];
  const log = bunyan.createLogger({
    name: "many",
    streams: [
      { level: "info", stream: all.stream },
      { level: "error", stream: errors.stream },
      { level: "error", type: "raw", stream: { write: (record: unknown) => raw.push(record) } },
    ],
  });
  log.debug("none");
  log.child({ request: "r1" }).child({ user: "u1" }, true).info("one");
  log.error("all");
  assert.equal(all.lines().length, 2);
  assert.equal(errors.lines().length, 1);
  assert.equal(raw.length, 1);
  const records = sent();
  assert.deepEqual(
    records.map(({ body, attributes }) => [body, attributes["request"], attributes["user"]]),
    [
      ["one", "r1", "u1"],
      ["all", undefined, undefined],
    ],
  );
});

test("errors are exceptions, with the fields of their own under their name", () => {
  const out = sink();
  const log = bunyan.createLogger({ name: "e", stream: out.stream, serializers: bunyan.stdSerializers });
  const error = Object.assign(new TypeError("no such order"), { code: "E_NONE" });
  log.error(error);
  log.fatal({ err: error }, "failed");
  const [bare, worded] = sent();
  assert.equal(bare?.body, "no such order");
  assert.equal(worded?.body, "failed");
  assert.equal(worded?.severityNumber, 21);
  for (const record of [bare, worded]) {
    assert.equal(record?.attributes["exception.type"], "TypeError");
    assert.equal(record?.attributes["exception.message"], "no such order");
    assert.match(String(record?.attributes["exception.stacktrace"]), /bunyan\.test\.ts/);
    assert.deepEqual(record?.attributes["err"], { code: "E_NONE" });
  }
});

test("what the serializers took out is not sent", () => {
  const out = sink();
  const log = bunyan.createLogger({ name: "s", stream: out.stream, serializers: { card: () => "****" } });
  log.info({ card: "4111-1111" }, "paid");
  assert.equal(sent()[0]?.attributes["card"], "****");
});

test("levels of the application's own have the severity between those of the next ones", () => {
  const out = sink();
  const log = bunyan.createLogger({ name: "l", level: 1, stream: out.stream });
  const own = log as unknown as Record<"_emit", (record: object) => void>;
  for (const level of [5, 35, 65]) own["_emit"]({ name: "l", level, msg: `at ${level}`, time: new Date(), v: 0 });
  assert.deepEqual(
    sent().map(({ severityNumber, severityText }) => [severityNumber, severityText]),
    [
      [1, "5"],
      [11, "35"],
      [23, "65"],
    ],
  );
});

test("a rotating stream goes on over its rotation, and each record is sent once", async () => {
  const folder = await mkdtemp(join(tmpdir(), "bunyan-"));
  const path = join(folder, "out.log");
  const log = bunyan.createLogger({ name: "r", streams: [{ type: "rotating-file", path, period: "1d", count: 2 }] });
  const [{ stream }] = (log as unknown as { streams: [{ stream: RotatingFile }] }).streams;
  const holds = async (text: string): Promise<void> => {
    while (!existsSync(path) || !readFileSync(path, "utf8").includes(text)) await delay(5);
  };
  try {
    log.info("before");
    await holds("before");
    stream.rotAt = 0;
    stream.rotate();
    log.info("after");
    await holds("after");
    assert.match(readFileSync(`${path}.0`, "utf8"), /before/);
    assert.deepEqual(
      sent().map(({ body }) => body),
      ["before", "after"],
    );
  } finally {
    clearTimeout(stream.timeout);
    stream.end();
    await rm(folder, { recursive: true });
  }
});

interface RotatingFile {
  rotAt: number;
  readonly timeout: NodeJS.Timeout;
  rotate(): void;
  end(): void;
}

test("loggers made before the instrumentation are heard, until it is disabled", () => {
  const out = sink();
  early.addStream({ stream: out.stream });
  early.info("early");
  assert.equal(sent().length, 1);
  instrumentation.disable();
  inSpan(() => early.info("off"));
  assert.equal("trace_id" in (out.lines()[1] ?? {}), false);
  assert.deepEqual(sent(), []);
  instrumentation.enable();
  early.info("on");
  assert.equal(sent().length, 1);
});

test("what is logged while tracing is suppressed is written and not sent", () => {
  const out = sink();
  const log = bunyan.createLogger({ name: "q", stream: out.stream });
  context.with(suppressTracing(context.active()), () => log.info("by an exporter"));
  assert.equal(out.lines().length, 1);
  assert.deepEqual(sent(), []);
});
