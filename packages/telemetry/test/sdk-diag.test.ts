import assert from "node:assert/strict";
import { type TestContext, describe, test } from "node:test";
import { DiagLogLevel, diag } from "@opentelemetry/api";
import { type ExportResult, globalErrorHandler } from "@opentelemetry/core";
import { createManualClock } from "@seaworthy/lifecycle/testing";
import { countExports } from "../src/pipelines/counted-exporter.ts";
import { createTally } from "../src/pipelines/tally.ts";
import { type PartialSuccess, listenToSdk } from "../src/sdk-diag.ts";

function stage(t: TestContext, level = DiagLogLevel.INFO) {
  const clock = createManualClock();
  const told: string[] = [];
  const partial: PartialSuccess[] = [];
  const intruders: string[] = [];
  const listening = listenToSdk(level, clock, (notice) => told.push(`${notice.level}: ${notice.message}`), {
    partialSuccess: (response) => partial.push(response),
    duplicateRegistration: (stack) => intruders.push(stack),
  });
  t.after(() => listening[Symbol.dispose]());
  return { clock, told, partial, intruders };
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
    assert.deepEqual(told, []);
    globalErrorHandler(new Error("something else"));
    assert.deepEqual(told, ["warn: OpenTelemetry says: something else"]);
  });

  test("of an export that failed is left to those who heard of it", (t) => {
    const { told } = stage(t);
    const failure = new Error("connect ECONNREFUSED");
    const exporter = {
      export: (_batch: string[], done: (result: ExportResult) => void) => done({ code: 1, error: failure }),
    };
    const listener = { sent() {}, failed() {} };
    countExports(exporter, (batch: string[]) => batch.length, createTally(), listener).export(["a"], () => {});
    globalErrorHandler(failure);
    assert.deepEqual(told, []);
    globalErrorHandler(new Error("connect ECONNREFUSED"));
    assert.deepEqual(told, ["warn: OpenTelemetry says: connect ECONNREFUSED"]);
  });

  test("of an export that was taken in part is heard", (t) => {
    const { told, partial } = stage(t);
    diag.warn("Received Partial Success response:", JSON.stringify({ rejectedSpans: 3, errorMessage: "late" }));
    diag.warn("Received Partial Success response:", "not JSON");
    assert.deepEqual([partial, told], [[{ rejectedSpans: 3, errorMessage: "late" }, {}], []]);
  });

  test("of another SDK that tries to register is heard", (t) => {
    const { intruders } = stage(t);
    diag.error("Error: @opentelemetry/api: Attempted duplicate registration of API: trace\n    at x");
    assert.equal(intruders.length, 1);
  });
});
