import assert from "node:assert/strict";
import { channel } from "node:diagnostics_channel";
import { Module } from "node:module";
import { describe, it } from "node:test";
import { trace } from "@opentelemetry/api";
import { TracerProvider } from "@opentelemetry/sdk-trace";
import { createLifecycle } from "@seaworthy/lifecycle";
import { armEarly, armOrTake, disarm } from "../../src/instrumentation/early.ts";
import { startTelemetry } from "../../src/start-telemetry.ts";

const prototype = Module.prototype as unknown as { readonly _compile: unknown };
const registry = globalThis as Record<symbol, Disposable | undefined>;
const key = Symbol.for("seaworthy.telemetry.armed");

describe("what was armed early", () => {
  const untouched = prototype["_compile"];

  it("is taken over by the life that records, and not armed twice", () => {
    armEarly();
    const hooked = prototype["_compile"];
    armEarly();
    const armed = armOrTake({});
    assert.equal(prototype["_compile"], hooked);
    armed[Symbol.dispose]();
    assert.equal(prototype["_compile"], untouched);
  });

  it("is taken back where nothing is recorded", () => {
    armEarly();
    assert.deepEqual(disarm(), []);
    assert.equal(prototype["_compile"], untouched);
    assert.deepEqual(disarm(), []);
  });

  it("hooks applications of Fastify until it is taken over or back", () => {
    const applications = channel("fastify.initialization");
    armEarly();
    assert.equal(applications.hasSubscribers, true);
    const armed = armOrTake({});
    assert.equal(applications.hasSubscribers, false);
    armed[Symbol.dispose]();
    armEarly();
    registry[key]?.[Symbol.dispose]();
    assert.equal(applications.hasSubscribers, false);
    disarm();
  });

  for (const [where, options] of [
    ["another SDK holds the API", {}],
    ["the environment turns telemetry off", { env: { OTEL_SDK_DISABLED: "true" } }],
    [
      "the SDK of the application does not start",
      {
        sdk: {
          start: () => {
            throw new Error("cross");
          },
          shutdown: () => Promise.resolve(),
        },
      },
    ],
  ] as const) {
    it(`is taken back where ${where}`, (test) => {
      if (where.startsWith("another")) trace.setGlobalTracerProvider(new TracerProvider());
      test.after(() => trace.disable());
      armEarly();
      const telemetry = startTelemetry(createLifecycle(), options);
      test.after(() => telemetry[Symbol.dispose]());
      assert.deepEqual(telemetry.counts(), {});
      assert.equal(prototype["_compile"], untouched);
    });
  }

  it("is found by a name, for whoever turns telemetry off without it", () => {
    armEarly();
    registry[key]?.[Symbol.dispose]();
    delete registry[key];
    assert.equal(prototype["_compile"], untouched);
    const armed = armOrTake({});
    assert.notEqual(prototype["_compile"], untouched);
    armed[Symbol.dispose]();
  });

  for (const [whoTakes, take] of [
    ["a life", () => armOrTake({})[Symbol.dispose]()],
    ["the end of all recording", () => void disarm()],
  ] as const) {
    it(`by another copy of this package gives way to ${whoTakes}`, () => {
      let disposed = 0;
      registry[key] = { [Symbol.dispose]: () => void disposed++ };
      armEarly();
      assert.equal(prototype["_compile"], untouched, "one is enough");
      take();
      assert.equal(disposed, 1);
      assert.equal(registry[key], undefined);
    });
  }
});
