import assert from "node:assert/strict";
import { type TestContext, describe, test } from "node:test";
import { DiagLogLevel, type DiagLogger, diag } from "@opentelemetry/api";
import { type ExportResult, globalErrorHandler } from "@opentelemetry/core";
import { LoggerProvider } from "@opentelemetry/sdk-logs";
import { MeterProvider } from "@opentelemetry/sdk-metrics";
import { createManualClock } from "@seaworthy/lifecycle/testing";
import { countExports } from "../src/pipelines/counted-exporter.ts";
import { createTally } from "../src/pipelines/tally.ts";
import { listenToSdk } from "../src/sdk-diag.ts";

function stage(t: TestContext, level = DiagLogLevel.INFO) {
  const clock = createManualClock();
  const told: string[] = [];
  const intruders: string[] = [];
  const listening = listenToSdk(level, clock, (notice) => told.push(`${notice.level}: ${notice.message}`), {
    duplicateRegistration: (stack) => intruders.push(stack),
  });
  t.after(() => listening[Symbol.dispose]());
  return { clock, told, intruders };
}

describe("what the SDK says of itself", () => {
  test("is told by its level, and what is below the level is not", (t) => {
    const { told } = stage(t);
    diag.error("broken");
    diag.warn("odd", { a: 1 }, new Error("why"));
    diag.info("so");
    diag.debug("noise");
    assert.deepEqual(told, [
      "error: OpenTelemetry says: broken",
      "warn: OpenTelemetry says: odd [object Object] why",
      "info: OpenTelemetry says: so",
    ]);
  });

  test("is told once a minute", async (t) => {
    const { clock, told } = stage(t);
    diag.warn("again", 1);
    diag.warn("again", 2);
    assert.equal(told.length, 1);
    await clock.advance(60_000);
    diag.warn("again", 3);
    assert.equal(told.at(-1), "warn: OpenTelemetry says: again 3");
  });

  test("is not told twice where the books of a pipeline tell it", (t) => {
    const { told } = stage(t);
    diag.warn("Dropped 5 spans because maxQueueSize reached");
    globalErrorHandler(new Error("PeriodicExportingMetricReader: metrics export failed (error x)"));
    globalErrorHandler(new Error("Timeout"));
    diag.info("Export failed with non-retryable error: x");
    diag.warn("Export succeeded but could not deserialize response - is it?", new Error("no"), Buffer.from("<html>"));
    diag.warn("Received Partial Success response:", JSON.stringify({ rejectedSpans: 3, errorMessage: "late" }));
    assert.deepEqual(told, []);
    globalErrorHandler(new Error("something else"));
    assert.deepEqual(told, ["warn: OpenTelemetry says: something else"]);
  });

  test("is nothing to tell where the last export makes what it needs after all is shut down", async (t) => {
    const { told } = stage(t);
    const [meters, loggers] = [new MeterProvider(), new LoggerProvider()];
    await Promise.all([meters.shutdown(), loggers.shutdown()]);
    meters.getMeter("late");
    loggers.getLogger("late");
    assert.deepEqual(told, []);
  });

  test("of an export that failed is left to those who heard of it", (t) => {
    const { told } = stage(t);
    const failure = new Error("connect ECONNREFUSED");
    const exporter = {
      export: (_batch: string[], done: (result: ExportResult) => void) => done({ code: 1, error: failure }),
    };
    const listener = { sent() {}, failed() {}, unsendable() {}, strange() {} };
    countExports(exporter, (batch: string[]) => batch.length, createTally(), listener).export(["a"], () => {});
    globalErrorHandler(failure);
    assert.deepEqual(told, []);
    globalErrorHandler(new Error("connect ECONNREFUSED"));
    assert.deepEqual(told, ["warn: OpenTelemetry says: connect ECONNREFUSED"]);
  });

  test("of an answer that rejects nothing, and says nothing, is left out", (t) => {
    const { told } = stage(t);
    for (const nothing of ["not JSON", "null", "{}", '{"rejectedSpans":"some"}', '{"rejectedSpans":0}']) {
      diag.warn("Received Partial Success response:", nothing);
    }
    assert.deepEqual(told, []);
  });

  for (const level of [DiagLogLevel.ERROR, DiagLogLevel.NONE]) {
    test(`is heard where it has to be acted on, also when it is not to be told (level ${level})`, (t) => {
      const { told, intruders } = stage(t, level);
      diag.error("Error: @opentelemetry/api: Attempted duplicate registration of API: trace\n at x");
      diag.warn("odd");
      globalErrorHandler(new Error("odd, too"));
      assert.deepEqual([intruders.length, told], [1, []]);
    });
  }

  test("of a warning that came with an answer is told", (t) => {
    const { told } = stage(t);
    diag.warn("Received Partial Success response:", JSON.stringify({ errorMessage: "use version 2" }));
    assert.match(told[0] ?? "", /use version 2/);
  });

  test("by one component is told sentence by sentence", (t) => {
    const { told } = stage(t);
    const component = diag.createComponentLogger({ namespace: "pg" });
    for (const sentence of ["cannot patch", "cannot patch", "gives up"]) component.warn(sentence);
    assert.deepEqual(told, ["warn: OpenTelemetry says: pg cannot patch", "warn: OpenTelemetry says: pg gives up"]);
  });

  test("is told once where only ids and numbers differ", (t) => {
    const { told } = stage(t);
    for (const id of ["0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331b7ad6b7169203331"]) {
      diag.warn(`Cannot execute the operation on ended Span {traceId: ${id}, spanId: 1}`);
    }
    assert.equal(told.length, 1);
  });

  test("is told in twenty sentences a minute at most, however they differ", async (t) => {
    const { clock, told } = stage(t);
    for (let value = 1; value < 1_000; value += 1) diag.warn(`non-number value: ${"x".repeat(value)}`);
    assert.equal(told.length, 21);
    assert.equal(told.at(-1), "warn: OpenTelemetry says more, which is left out for a minute.");
    await clock.advance(60_000);
    diag.warn("later");
    assert.equal(told.at(-1), "warn: OpenTelemetry says: later");
  });

  test("of another SDK that tries to register is heard", (t) => {
    const { intruders } = stage(t);
    diag.error("Error: @opentelemetry/api: Attempted duplicate registration of API: trace\n    at x");
    assert.equal(intruders.length, 1);
  });
});

describe("a logger of the application", () => {
  /** One that keeps what it is told, as "level: words". */
  function createKeeping(): { readonly logger: DiagLogger; readonly kept: string[] } {
    const kept: string[] = [];
    const keep =
      (level: string) =>
      (...said: unknown[]): void =>
        void kept.push(`${level}: ${said.join(" ")}`);
    const names = ["error", "warn", "info", "debug", "verbose"] as const;
    return { logger: Object.fromEntries(names.map((name) => [name, keep(name)])) as unknown as DiagLogger, kept };
  }

  const quietly = { logLevel: DiagLogLevel.INFO, suppressOverrideMessage: true };
  const attempt = "Error: @opentelemetry/api: Attempted duplicate registration of API: trace\n    at x";

  test("that is set later is told all, and another SDK is heard of none the less", (t) => {
    const { told, intruders } = stage(t);
    const { logger, kept } = createKeeping();
    diag.setLogger(logger, quietly);
    diag.error(attempt);
    diag.warn("odd");
    diag.debug("noise");
    globalErrorHandler(new Error("lost"));
    assert.deepEqual(kept, [`error: ${attempt}`, "warn: odd", "warn: lost"]);
    assert.deepEqual([told, intruders], [[], [attempt]]);
  });

  test("that is set later, with a word on it, is not told of", (t) => {
    const { told } = stage(t);
    diag.setLogger(createKeeping().logger);
    assert.deepEqual(told, []);
  });

  test("that was set before goes on, and another SDK is heard of", (t) => {
    const { logger, kept } = createKeeping();
    diag.setLogger(logger, quietly);
    t.after(() => diag.disable());
    const { told, intruders } = stage(t);
    diag.error(attempt);
    diag.warn("odd");
    assert.deepEqual([kept, told, intruders], [[`error: ${attempt}`, "warn: odd"], [], [attempt]]);
  });

  test("stays when the other one goes", (t) => {
    const listening = listenToSdk(DiagLogLevel.INFO, createManualClock(), () => {}, { duplicateRegistration() {} });
    const { logger, kept } = createKeeping();
    diag.setLogger(logger, quietly);
    t.after(() => diag.disable());
    listening[Symbol.dispose]();
    diag.warn("odd");
    assert.deepEqual(kept, ["warn: odd"]);
  });

  test("that is taken out again leaves nobody, and is no mistake", (t) => {
    const { told } = stage(t);
    diag.setLogger(createKeeping().logger, quietly);
    diag.disable();
    diag.warn("odd");
    assert.deepEqual(told, []);
  });
});
