import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type StartTelemetryOptions, assertTelemetryOptions, settleOptions } from "../src/options.ts";

describe("options of telemetry", () => {
  test("that make sense are taken, and what is undefined is not set", () => {
    const sdk = { start() {}, shutdown: () => Promise.resolve() };
    const options: StartTelemetryOptions = { version: "1.2.0", flushBudgetMs: 0, captureConsole: false, sdk };
    assertTelemetryOptions(options);
    assert.deepEqual(settleOptions(options), options);
    const unset = { flushBudgetMs: undefined } as unknown as StartTelemetryOptions;
    assert.deepEqual(settleOptions(unset), { captureConsole: true, flushBudgetMs: 3_000 });
  });

  const nonsense: readonly (readonly [options: object, message: RegExp])[] = [
    [{ flushBudgetMS: 1 }, /Expected an option of telemetry, got flushBudgetMS\. It takes version,/],
    [{ version: 1 }, /`telemetry\.version` option to be a text, got/],
    [{ resourceAttributes: "a=b" }, /`telemetry\.resourceAttributes` option to be an object/],
    [{ ignoreRequest: /healthz/ }, /telemetry\.ignoreRequest to be a function/],
    [{ instrumentations: "pg" }, /`telemetry\.instrumentations` option to be an object by names/],
    [{ captureConsole: "yes" }, /`telemetry\.captureConsole` option to be true or false/],
    [{ flushBudgetMs: -1 }, /`telemetry\.flushBudgetMs` option to be a number of milliseconds/],
    [{ flushBudgetMs: Number.NaN }, /`telemetry\.flushBudgetMs` option to be a number of milliseconds/],
    [{ sdk: {} }, /`telemetry\.sdk` option to be something with start\(\) and shutdown\(\)/],
  ];
  for (const [options, message] of nonsense) {
    test(`such as ${JSON.stringify(options)} are refused`, () => {
      assert.throws(() => assertTelemetryOptions(options), { code: "ERR_SEAWORTHY_OPTION", message });
    });
  }

  test("that are no object are refused", () => {
    assert.throws(() => assertTelemetryOptions("on" as never), { code: "ERR_SEAWORTHY_OPTION" });
  });
});
