import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { ROOT_CONTEXT, metrics, trace } from "@opentelemetry/api";
import { resourceFromAttributes } from "@opentelemetry/resources";
import { MeterProvider } from "@opentelemetry/sdk-metrics";
import { TracerProvider } from "@opentelemetry/sdk-trace";
import type { TelemetryNotice } from "../src/channels.ts";
import {
  findOtherSdk,
  isRegistered,
  leaveToOther,
  markAsOurs,
  nameOfOther,
  tellOfIntruder,
  watchIntruders,
} from "../src/other-sdk.ts";

describe("another SDK", () => {
  test("is none while nobody has registered, and is not told", () => {
    trace.getTracer("asks").startSpan("of nobody", {}, ROOT_CONTEXT).end();
    const told: TelemetryNotice[] = [];
    assert.equal(findOtherSdk(), undefined);
    assert.equal(
      leaveToOther((notice) => told.push(notice)),
      false,
    );
    assert.deepEqual(told, []);
  });

  test("is found by what it has registered, and left alone with it", (t) => {
    trace.setGlobalTracerProvider(new TracerProvider());
    metrics.setGlobalMeterProvider(new MeterProvider());
    t.after(() => [trace.disable(), metrics.disable()]);
    const told: TelemetryNotice[] = [];
    assert.deepEqual(findOtherSdk()?.registered, ["trace", "metrics"]);
    assert.equal(
      leaveToOther((notice) => told.push(notice)),
      true,
    );
    assert.match(
      told[0]?.message ?? "",
      /has registered trace, metrics of @opentelemetry\/api 1\.\d+\.\d+ in this process/,
    );
  });

  const files: Readonly<Record<string, string>> = {
    "/app/node_modules/@opentelemetry/auto-instrumentations-node/build/src/register.js":
      "@opentelemetry/auto-instrumentations-node",
    "/app/node_modules/@elastic/opentelemetry-node/lib/sdk.js": "@elastic/opentelemetry-node",
    "/otel-auto-instrumentation-nodejs/autoinstrumentation.js": "the injection of the OpenTelemetry operator",
    "C:\\app\\node_modules\\dd-trace\\init.js": "dd-trace",
    "/app/node_modules/@opentelemetry/sdk-node/dist/sdk.cjs": "@opentelemetry/sdk-node",
  };
  for (const [file, name] of Object.entries(files)) {
    test(`is known as ${name} by its files`, () => assert.equal(nameOfOther(`at start (${file}:1:1)`), name));
  }

  /** What a process has loaded, as far as it matters here, whose SDK is brought by something else. */
  const injected: Readonly<Record<string, readonly string[]>> = {
    "the injection of the OpenTelemetry operator": [
      "/otel-auto-instrumentation-nodejs/autoinstrumentation.js",
      "/otel-auto-instrumentation-nodejs/node_modules/@opentelemetry/auto-instrumentations-node/build/src/utils.js",
      "/otel-auto-instrumentation-nodejs/node_modules/@opentelemetry/sdk-node/build/src/sdk.js",
      "/app/node_modules/express/index.js",
      "/app/server.js",
    ],
    "the AWS distribution of OpenTelemetry": [
      "/app/node_modules/@opentelemetry/api/build/src/index.js",
      "/app/node_modules/@opentelemetry/auto-instrumentations-node/build/src/utils.js",
      "/app/node_modules/@aws/aws-distro-opentelemetry-node-autoinstrumentation/build/src/register.js",
      "/app/node_modules/@opentelemetry/sdk-node/build/src/sdk.js",
    ],
    "@opentelemetry/auto-instrumentations-node": [
      "/app/node_modules/@opentelemetry/sdk-node/build/src/sdk.js",
      "/app/node_modules/@opentelemetry/auto-instrumentations-node/build/src/register.js",
    ],
  };
  for (const [name, paths] of Object.entries(injected)) {
    test(`is known as ${name}, and not by what that brings with it, in whatever order it was loaded`, () => {
      assert.equal(nameOfOther(paths.join("\n")), name);
      assert.equal(nameOfOther(paths.toReversed().join("\n")), name);
    });
  }

  test("that comes later is named by the stack of its attempt", () => {
    const told: TelemetryNotice[] = [];
    const stack =
      "Error: @opentelemetry/api: Attempted duplicate registration of API: trace\n" +
      "    at NodeSDK.start (/app/node_modules/@opentelemetry/sdk-node/dist/sdk.cjs:10:3)";
    tellOfIntruder(stack, (notice) => told.push(notice));
    tellOfIntruder("", (notice) => told.push(notice));
    assert.match(
      told[0]?.message ?? "",
      /^@opentelemetry\/sdk-node was started after .* could not register its trace:/,
    );
    assert.match(
      told[1]?.message ?? "",
      /^Another OpenTelemetry SDK was started after .* could not register its providers:/,
    );
  });

  test("that comes later is named once, however much it tries to register", () => {
    const told: TelemetryNotice[] = [];
    const hear = watchIntruders((notice) => told.push(notice));
    for (const api of ["context", "trace", "metrics"]) hear(`Attempted duplicate registration of API: ${api}\n at x`);
    hear("Attempted duplicate registration of API: trace\n at init (/app/node_modules/dd-trace/init.js:1:1)");
    assert.equal(told.length, 2);
    assert.match(told[1]?.message ?? "", /^dd-trace was started after /);
  });

  test("that left no file behind is named by what it sends, a copy of this package by its mark", (t) => {
    const resource = resourceFromAttributes({ "service.name": "theirs", "telemetry.sdk.version": "3.9.9" });
    trace.setGlobalTracerProvider(new TracerProvider({ resource }));
    t.after(() => trace.disable());
    assert.equal(findOtherSdk()?.name, "another OpenTelemetry SDK (3.9.9, of the service theirs)");
    const mark = markAsOurs();
    assert.match(findOtherSdk()?.name ?? "", /^another copy of @seaworthy\/telemetry \(\d+\.\d+\.\d+\)$/);
    mark[Symbol.dispose]();
    assert.doesNotMatch(findOtherSdk()?.name ?? "", /seaworthy/);
  });

  test("is told from one's own by the providers that are registered", (t) => {
    const [tracerProvider, meterProvider] = [new TracerProvider(), new MeterProvider()];
    assert.equal(isRegistered([tracerProvider, meterProvider]), false);
    trace.setGlobalTracerProvider(tracerProvider);
    metrics.setGlobalMeterProvider(meterProvider);
    t.after(() => [trace.disable(), metrics.disable()]);
    assert.equal(isRegistered([tracerProvider]), true);
    assert.equal(isRegistered([meterProvider]), true);
    assert.equal(isRegistered([new TracerProvider()]), false);
  });
});
