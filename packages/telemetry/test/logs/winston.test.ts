import assert from "node:assert/strict";
import { test } from "node:test";
import { Writable } from "node:stream";
import { setImmediate as turn } from "node:timers/promises";
import { context, logs } from "@opentelemetry/api";
import { suppressTracing } from "@opentelemetry/core";
import type * as Winston from "winston";
import { bridgeConsole } from "../../src/logs/console.ts";
import { serveOldLogsApi } from "../../src/logs/old-api.ts";
import { winstonInstrumentation } from "../../src/logs/winston.ts";
import { idsOf, inSpan, loggerProvider, require, sent, sink } from "./pipeline.ts";

const instrumentation = winstonInstrumentation();
instrumentation.enable();
const winston = require("winston") as typeof Winston;
const { combine, errors, json, timestamp, splat, colorize, printf, metadata } = winston.format;

const file = (out: ReturnType<typeof sink>, options: object = {}): Winston.transport =>
  new winston.transports.Stream({ stream: out.stream, ...options });

test("a line and its record have the ids of the active span", () => {
  const out = sink();
  const log = winston.createLogger({ transports: [file(out)] });
  const span = inSpan(() => log.info("placed", { order: 7, when: new Date(0), big: 2n ** 70n, fn() {} }));
  assert.deepEqual(out.lines().length, 1);
  assert.equal(out.lines()[0]?.["trace_id"], span.spanContext().traceId);
  const [record, ...more] = sent();
  assert.deepEqual(more, []);
  assert.equal(record?.spanContext?.traceId, span.spanContext().traceId);
  assert.equal(record?.spanContext?.spanId, span.spanContext().spanId);
  assert.equal(record?.body, "placed");
  assert.equal(record?.severityNumber, 9);
  assert.equal(record?.severityText, "info");
  assert.deepEqual(record?.attributes, { order: 7, when: "1970-01-01T00:00:00.000Z", big: String(2n ** 70n) });
});

test("several transports write one record, and it is sent once", () => {
  const [all, errorsOnly] = [sink(), sink()];
  const log = winston.createLogger({ level: "info", transports: [file(all), file(errorsOnly, { level: "error" })] });
  log.info("one");
  log.error("both");
  assert.equal(all.lines().length, 2);
  assert.equal(errorsOnly.lines().length, 1);
  assert.deepEqual(
    sent().map(({ body }) => body),
    ["one", "both"],
  );
});

test("what no transport takes is not sent", () => {
  const out = sink();
  const log = winston.createLogger({ level: "silly", transports: [file(out, { level: "warn" })] });
  log.info("below the transport's level");
  log.level = "error";
  log.configure({ level: "error", transports: [file(out)] });
  log.warn("below the logger's level");
  log.configure({ transports: [file(out, { silent: true })] });
  log.error("silent transport");
  log.configure({ silent: true, transports: [file(out)] });
  log.error("silent logger");
  log.configure({ format: winston.format(() => false)(), transports: [file(out)] });
  log.error("taken out by the format");
  assert.equal(out.text().replace("false\n", ""), "");
  assert.deepEqual(sent(), []);
});

test("what the logger's format takes out is not sent, and colours are not", () => {
  const out = sink();
  const redact = winston.format((info) => ({ ...info, password: "****" }));
  const log = winston.createLogger({
    format: combine(
      splat(),
      redact(),
      timestamp(),
      colorize({ all: true }),
      printf(({ message }) => `> ${String(message)}`),
    ),
    transports: [file(out)],
  });
  const span = inSpan(() => log.info("hello %s", "world", { password: "hunter2" }));
  assert.match(out.text(), /^> .*hello world/);
  const [record] = sent();
  assert.equal(record?.body, "hello world");
  assert.equal(record?.severityText, "info");
  assert.equal(record?.attributes["password"], "****");
  assert.equal(record?.spanContext?.spanId, span.spanContext().spanId);
});

test("child loggers, the default logger and metadata are sent once", () => {
  const out = sink();
  const log = winston.createLogger({
    defaultMeta: { service: "orders" },
    format: combine(metadata(), json()),
    transports: [file(out)],
  });
  const span = inSpan(() => log.child({ request: "r1" }).child({ user: "u1" }).info("deep"));
  winston.configure({ transports: [file(out)] });
  winston.info("by default");
  winston.child({ a: 1 }).warn("child of the default");
  winston.clear().add(file(out));
  winston.error("added later");
  assert.equal(out.lines().length, 4);
  const records = sent();
  assert.deepEqual(
    records.map(({ body, severityText }) => [body, severityText]),
    [
      ["deep", "info"],
      ["by default", "info"],
      ["child of the default", "warn"],
      ["added later", "error"],
    ],
  );
  assert.deepEqual(records[0]?.attributes["metadata"], {
    service: "orders",
    request: "r1",
    user: "u1",
    ...idsOf(span),
  });
  assert.deepEqual(records[2]?.attributes, { a: 1 });
});

test("errors are exceptions, however they are logged", () => {
  const out = sink();
  const log = winston.createLogger({ format: combine(errors({ stack: true }), json()), transports: [file(out)] });
  const error = Object.assign(new TypeError("no such order"), { code: "E_NONE" });
  log.error(error);
  log.error("failed", error);
  log.error("failed", { error });
  log.error({ message: "failed", err: error });
  log.child({ request: 1 }).error(error);
  const records = sent();
  assert.equal(records.length, 5);
  for (const { attributes, severityNumber } of records) {
    assert.equal(severityNumber, 17);
    assert.equal(attributes["exception.type"], "TypeError");
    assert.match(String(attributes["exception.stacktrace"]), /winston\.test\.ts/);
    assert.equal("stack" in attributes, false);
  }
  for (const { attributes } of records.slice(0, 4)) assert.equal(attributes["exception.message"], "no such order");
  assert.deepEqual(records[2]?.attributes["error"], { code: "E_NONE" });
  assert.equal(records[0]?.attributes["code"], "E_NONE");
});

test("a message or stack that the format took out of an error is not sent", () => {
  const hide = winston.format((info) => {
    delete info["stack"];
    return { ...info, message: "failed" };
  });
  const log = winston.createLogger({ format: combine(hide(), json()), transports: [file(sink())] });
  log.error("failed", new Error("secret"));
  const [record] = sent();
  assert.deepEqual(record?.attributes, { "exception.type": "Error" });
  assert.equal(record?.body, "failed");
});

test("a record that waits for a slow transport keeps the context in which it was logged", async () => {
  const taken: (() => void)[] = [];
  const slow = new Writable({
    objectMode: true,
    highWaterMark: 1,
    write: (_info, _encoding, done) => void taken.push(done),
  });
  const log = winston.createLogger({ transports: [] });
  log.pipe(slow);
  const spans = Array.from({ length: 60 }, (_, i) => inSpan(() => log.info(`line ${i}`)));
  const atOnce = sent();
  assert.ok(atOnce.length < 60, "the logger has buffered some of them");
  const records = [...atOnce];
  while (records.length < 60) {
    taken.shift()?.();
    await turn();
    records.push(...sent());
  }
  assert.deepEqual(
    records.map(({ body, spanContext }) => [body, spanContext?.spanId]),
    spans.map((span, i) => [`line ${i}`, span.spanContext().spanId]),
  );
  taken.length = 0;
});

test("an object that is logged again has no ids of the time before", () => {
  const out = sink();
  const log = winston.createLogger({ transports: [file(out)] });
  const info = { level: "info", message: "again" };
  inSpan(() => log.log(info));
  log.log(info);
  const [inside, outside] = out.lines();
  assert.ok(inside?.["trace_id"]);
  assert.equal(outside?.["trace_id"], undefined);
  const [, record] = sent();
  assert.equal(record?.spanContext, undefined);
});

test("an error that is logged again has no ids of the time before", () => {
  const out = sink();
  const log = winston.createLogger({ format: combine(errors(), json()), transports: [file(out)] });
  const error = new Error("twice");
  inSpan(() => log.error(error));
  const span = inSpan(() => log.error("again", error));
  log.error("outside", error);
  assert.deepEqual(
    out.lines().map((line) => line["trace_id"] === span.spanContext().traceId),
    [false, true, false],
  );
  assert.equal(sent()[2]?.spanContext, undefined);
});

test("an exception that winston handles is sent without the process's arguments", () => {
  const out = sink();
  const log = winston.createLogger({ exceptionHandlers: [file(out)], exitOnError: false });
  // What winston does with an uncaught exception, without one.
  const error = new RangeError("far");
  log.log((log.exceptions as unknown as { getAllInfo(error: Error): Winston.LogEntry }).getAllInfo(error));
  log.info("not an exception: nobody writes it");
  log.exceptions.unhandle();
  assert.equal(out.lines().length, 1);
  const [record, ...more] = sent();
  assert.deepEqual(more, []);
  assert.match(String(record?.body), /^uncaughtException: far/);
  assert.equal(record?.attributes["exception.type"], "RangeError");
  assert.equal("process" in (record?.attributes ?? {}), false);
});

test("levels of other sets have a severity where their names tell", () => {
  const log = winston.createLogger({
    levels: { ...winston.config.syslog.levels, chatty: 8 },
    level: "chatty",
    transports: [file(sink())],
  });
  for (const level of ["emerg", "crit", "warning", "notice", "chatty"]) log.log(level, level);
  assert.deepEqual(
    sent().map(({ severityText, severityNumber }) => [severityText, severityNumber]),
    [
      ["emerg", 23],
      ["crit", 21],
      ["warning", 13],
      ["notice", 10],
      ["chatty", undefined],
    ],
  );
});

test("a Console transport that prints through the console is sent once", (t) => {
  const bridge = bridgeConsole({ logger: logs.getLogger("console") });
  t.after(() => bridge[Symbol.dispose]());
  for (const forceConsole of [true, false]) {
    winston.createLogger({ transports: [new winston.transports.Console({ forceConsole })] }).info("# winston's own");
  }
  assert.deepEqual(
    sent().map(({ instrumentationScope }) => instrumentationScope.name),
    ["@seaworthy/telemetry/winston", "@seaworthy/telemetry/winston"],
  );
});

test("a transport of the old logs API is left to send, where somebody serves it", (t) => {
  class OpenTelemetryTransportV3 extends winston.transports.Stream {}
  const log = winston.createLogger({ transports: [new OpenTelemetryTransportV3({ stream: sink().stream })] });
  log.info("it would be lost");
  assert.equal(sent().length, 1);
  const served = serveOldLogsApi({ loggerProvider, tell: ({ message }) => assert.fail(message) });
  t.after(() => served[Symbol.dispose]());
  log.info("it is sent by the transport");
  assert.deepEqual(sent(), []);
});

test("what is logged while tracing is suppressed is written and not sent", () => {
  const out = sink();
  const log = winston.createLogger({ transports: [file(out)] });
  context.with(suppressTracing(context.active()), () => log.info("by an exporter"));
  assert.equal(out.lines().length, 1);
  assert.deepEqual(sent(), []);
});

test("fields that cannot be read cost themselves only", () => {
  const log = winston.createLogger({ format: winston.format.printf(() => "x"), transports: [file(sink())] });
  const circle: Record<string, unknown> = { a: 1 };
  circle["self"] = circle;
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  const bad = {
    get thrown(): never {
      throw new Error("no");
    },
    fine: true,
  };
  log.info("odd", { circle, bad, proxy, map: new Map([["k", new Set([1])]]), symbol: Symbol("s") });
  const [record] = sent();
  assert.deepEqual(record?.attributes["circle"], { a: 1, self: "[Circular]" });
  assert.deepEqual(record?.attributes["bad"], { fine: true });
  assert.deepEqual(record?.attributes["map"], { k: [1] });
  assert.equal("symbol" in (record?.attributes ?? {}), false);
});

test("disabled, winston is as it was", () => {
  instrumentation.disable();
  const { prototype } = (winston as unknown as { Logger: { prototype: object } }).Logger;
  assert.equal(Object.hasOwn(prototype, "write"), false);
  assert.equal(Object.hasOwn(prototype, "push"), false);
  const out = sink();
  inSpan(() => winston.createLogger({ transports: [file(out)] }).info("plain"));
  assert.deepEqual(out.lines(), [{ level: "info", message: "plain" }]);
  assert.deepEqual(sent(), []);
  instrumentation.enable();
});
