import assert from "node:assert/strict";
import { Console } from "node:console";
import { channel } from "node:diagnostics_channel";
import { type TestContext, test } from "node:test";
import { context, logs } from "@opentelemetry/api";
import { suppressTracing } from "@opentelemetry/core";
import { LoggerProvider } from "@opentelemetry/sdk-logs";
import { bridgeConsole } from "../../src/logs/console.ts";
import { inSpan, sent, sink } from "./pipeline.ts";

const names = ["debug", "log", "info", "warn", "error"] as const;

/** Bridges the console while a test runs. */
function bridge(t: TestContext, logger = logs.getLogger("console")): void {
  const bridged = bridgeConsole({ logger });
  t.after(() => bridged[Symbol.dispose]());
}

/** A console that prints to memory: what is printed through the process's own would be the test runner's. */
function printer(options: object = {}): { console: Console; text(): string } {
  const out = sink();
  return { console: new Console({ stdout: out.stream, stderr: out.stream, ...options }), text: out.text };
}

test("each method has its severity, and prints what it printed before", (t) => {
  const printed = (): string => {
    const { console, text } = printer();
    for (const name of names) console[name](`%s: %d of %o`, name, 3, { a: [1] });
    return text();
  };
  const before = printed();
  bridge(t);
  assert.equal(printed(), before);
  const lines = before.trimEnd().split("\n");
  assert.deepEqual(
    sent().map(({ body, severityText, severityNumber }) => [body, severityText, severityNumber]),
    names.map((name, i) => [lines[i], name, [5, 9, 9, 13, 17][i]]),
  );
});

test("a record has the ids of the active span, and the printed text has none", (t) => {
  bridge(t);
  const { console, text } = printer();
  const span = inSpan(() => console.info("placed"));
  assert.equal(text(), "placed\n");
  assert.equal(sent()[0]?.spanContext?.spanId, span.spanContext().spanId);
});

test("trace is one record of severity TRACE, with where it was called", (t) => {
  bridge(t);
  const { console, text } = printer();
  console.trace("here\nand %s", "there");
  console.trace();
  assert.match(text(), /^Trace: here\nand there\n {4}at .*console\.test\.ts/);
  const [record, bare, ...more] = sent();
  assert.deepEqual(more, []);
  assert.equal(record?.severityNumber, 1);
  assert.equal(record?.severityText, "trace");
  assert.equal(record?.body, "here\nand there");
  assert.match(String(record?.attributes["code.stacktrace"]), /^ {4}at .*console\.test\.ts/);
  assert.equal(bare?.body, "");
  assert.equal(bare?.severityNumber, 1);
});

test("methods that print through another one are one record each", (t) => {
  bridge(t);
  const { console } = printer();
  console.assert(false, "must hold");
  console.count("calls");
  console.table([{ a: 1 }]);
  console.group("outer");
  console.log("inner");
  assert.deepEqual(
    sent().map(({ body, severityText }) => [String(body).split("\n")[0], severityText]),
    [
      ["Assertion failed: must hold", "warn"],
      ["calls: 1", "log"],
      ["┌─────────┬───┐", "log"],
      ["outer", "log"],
      ["inner", "log"],
    ],
  );
});

test("bound methods, detached methods and subclasses are one record each", (t) => {
  bridge(t);
  const out = sink();
  class Prefixed extends Console {
    override log(...args: unknown[]): void {
      super.log("prefix", ...args);
    }
  }
  const { console } = printer();
  console.log.bind(console)("bound");
  const { warn } = console;
  warn("detached");
  new Prefixed(out.stream).log("subclass");
  assert.equal(out.text(), "prefix subclass\n");
  assert.deepEqual(
    sent().map(({ body }) => body),
    ["bound", "detached", "prefix subclass"],
  );
});

test("errors are exceptions, and colours are left out", (t) => {
  bridge(t);
  const { console, text } = printer({ colorMode: true });
  console.error("\u001B[31mfailed\u001B[0m", new TypeError("no such order"), { a: 1 });
  assert.ok(text().startsWith("\u001B[31mfailed"));
  const [record] = sent();
  assert.match(String(record?.body), /^failed TypeError: no such order\n[\s\S]*\{ a: 1 \}$/);
  assert.equal(record?.attributes["exception.type"], "TypeError");
  assert.equal(record?.attributes["exception.message"], "no such order");
  assert.match(String(record?.attributes["exception.stacktrace"]), /console\.test\.ts/);
});

test("what a processor or an exporter prints is not sent", (t) => {
  const { console } = printer();
  let emitted = 0;
  const talking = new LoggerProvider({
    processors: [
      {
        onEmit: () => {
          emitted += 1;
          console.log("emitted", emitted);
        },
        forceFlush: async () => {},
        shutdown: async () => {},
      },
    ],
  });
  bridge(t, talking.getLogger("console"));
  console.log("one");
  assert.equal(emitted, 1);
  context.with(suppressTracing(context.active()), () => console.log("exported"));
  assert.equal(emitted, 1);
});

test("what cannot be formatted fails in the console as it did before, and nowhere else", (t) => {
  bridge(t);
  const { console } = printer();
  const bad = {
    [Symbol.for("nodejs.util.inspect.custom")]() {
      throw new Error("cannot be shown");
    },
  };
  assert.throws(() => console.log(bad), /cannot be shown/);
  assert.deepEqual(sent(), []);
});

test("nothing is formatted where nobody takes records", (t) => {
  bridge(t, new LoggerProvider().getLogger("console"));
  let shown = 0;
  const counted = {
    [Symbol.for("nodejs.util.inspect.custom")]() {
      shown += 1;
      return "shown";
    },
  };
  printer().console.log(counted);
  assert.equal(shown, 1);
});

test("disposing leaves no subscription behind", () => {
  const subscribed = (): readonly boolean[] => names.map((name) => channel(`console.${name}`).hasSubscribers);
  const before = subscribed();
  const bridged = bridgeConsole({ logger: logs.getLogger("console") });
  assert.deepEqual(
    subscribed(),
    names.map(() => true),
  );
  bridged[Symbol.dispose]();
  assert.deepEqual(subscribed(), before);
  printer().console.log("unheard");
  assert.deepEqual(sent(), []);
});
