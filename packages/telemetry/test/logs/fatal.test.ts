import assert from "node:assert/strict";
import { test } from "node:test";
import { context, logs, trace } from "@opentelemetry/api";
import { LoggerProvider } from "@opentelemetry/sdk-logs";
import { recordFatal } from "../../src/logs/fatal.ts";
import { inSpan, sent } from "./pipeline.ts";

const logger = logs.getLogger("fatal");
const origin = "uncaughtException";

test("a fatal error is the event exception of severity FATAL, in the span in which it was thrown", () => {
  const span = inSpan(() => recordFatal({ logger, error: new TypeError("no such order"), origin }));
  const [record, ...more] = sent();
  assert.deepEqual(more, []);
  assert.equal(record?.eventName, "exception");
  assert.equal(record?.severityNumber, 21);
  assert.equal(record?.severityText, "fatal");
  assert.equal(record?.body, "Fatal (uncaughtException): TypeError: no such order");
  assert.equal(record?.spanContext?.spanId, span.spanContext().spanId);
  assert.equal(record?.attributes["exception.type"], "TypeError");
  assert.equal(record?.attributes["exception.message"], "no such order");
  assert.match(
    String(record?.attributes["exception.stacktrace"]),
    /^TypeError: no such order\n {4}at .*fatal\.test\.ts/,
  );
  assert.equal(record?.attributes["seaworthy.fatal.origin"], "uncaughtException");
});

test("a context that is handed over counts", () => {
  const span = inSpan(() => {});
  recordFatal({ logger, error: "late", origin, context: trace.setSpan(context.active(), span) });
  assert.equal(sent()[0]?.spanContext?.traceId, span.spanContext().traceId);
});

test("causes and the errors of an aggregate are in the stack", () => {
  class RowError extends Error {}
  const cause = new Error("no order", { cause: new RowError("no row") });
  recordFatal({ logger, error: new AggregateError([new RangeError("one"), "two"], "all failed", { cause }), origin });
  const [record] = sent();
  assert.equal(record?.attributes["exception.type"], "AggregateError");
  const stack = String(record?.attributes["exception.stacktrace"]);
  for (const part of ["all failed", "RangeError: one", "'two'", "no order", "no row"])
    assert.ok(stack.includes(part), part);
});

test("an error of a class has the name of its class, unless it gives itself another one", () => {
  class OrderError extends Error {}
  recordFatal({ logger, error: new OrderError("a"), origin });
  recordFatal({ logger, error: new DOMException("b", "AbortError"), origin });
  recordFatal({ logger, error: Object.assign(new Error("c"), { name: "NamedError", code: "E_C" }), origin });
  assert.deepEqual(
    sent().map(({ attributes }) => attributes["exception.type"]),
    ["OrderError", "AbortError", "NamedError"],
  );
});

const { proxy: revoked, revoke } = Proxy.revocable({}, {});
revoke();
const { proxy: revokedError, revoke: revokeError } = Proxy.revocable(new Error("revoked"), {});
revokeError();
const endless = new Error("endless");
endless.cause = endless;

for (const [name, error, type, message] of [
  ["null", null, "null", "null"],
  ["undefined", undefined, "undefined", "undefined"],
  ["a string", "boom", "string", "boom"],
  ["a number", 42, "number", "42"],
  ["a symbol", Symbol("s"), "symbol", "Symbol(s)"],
  ["a bigint", 7n, "bigint", "7n"],
  ["a function", function thrown() {}, "function", "[Function: thrown]"],
  ["an object", { code: 1 }, "Object", "{ code: 1 }"],
  ["an object without a prototype", Object.create(null), "object", "[Object: null prototype] {}"],
  ["a revoked proxy", revoked, "object", "<Revoked Proxy>"],
  ["a revoked proxy of an error", revokedError, "object", "<Revoked Proxy>"],
  [
    "an error whose getters throw",
    Object.defineProperties(new Error("x"), {
      message: { get: () => assert.fail() },
      stack: { get: () => assert.fail() },
      name: { get: () => assert.fail() },
      cause: { get: () => assert.fail() },
    }),
    "Error",
    undefined,
  ],
  [
    "a proxy that throws",
    new Proxy(new Error("inner"), {
      get: () => assert.fail(),
      getPrototypeOf: () => assert.fail(),
      has: () => assert.fail(),
    }),
    undefined,
    undefined,
  ],
  [
    "what cannot be inspected",
    { [Symbol.for("nodejs.util.inspect.custom")]: () => assert.fail() },
    "Object",
    "(cannot be shown)",
  ],
  ["an error that is its own cause", endless, "Error", "endless"],
] as const) {
  test(`${name} can be thrown and is recorded`, () => {
    recordFatal({ logger, error, origin });
    const [record] = sent();
    assert.equal(record?.severityNumber, 21);
    assert.match(String(record?.body), /^Fatal \(uncaughtException\): /);
    if (type !== undefined) assert.equal(record?.attributes["exception.type"], type);
    if (message !== undefined) assert.equal(record?.attributes["exception.message"], message);
  });
}

test("a message of megabytes is cut, and says so", () => {
  recordFatal({ logger, error: new Error("x".repeat(5_000_000)), origin });
  const [record] = sent();
  const { body, attributes } = record ?? assert.fail();
  assert.ok(String(body).length < 2_000);
  assert.match(String(attributes["exception.message"]), /^x{16384}… \(\d+ more\)$/);
  assert.ok(String(attributes["exception.stacktrace"]).length < 70_000);
});

test("a processor that throws does not make it worse", () => {
  const failing = new LoggerProvider({
    processors: [{ onEmit: () => assert.fail(), forceFlush: async () => {}, shutdown: async () => {} }],
  });
  recordFatal({ logger: failing.getLogger("fatal"), error: new Error("first"), origin });
  assert.deepEqual(sent(), []);
});
