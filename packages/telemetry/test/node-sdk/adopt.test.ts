import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { ExportResult } from "@opentelemetry/core";
import { createLifecycle } from "@seaworthy/lifecycle";
import { adoptSdk } from "../../src/node-sdk/adopt.ts";
import { settleOptions } from "../../src/options.ts";

type Send = (batch: readonly object[], done: (result: ExportResult) => void) => void;

/** An SDK as it shows itself, with one processor of log records that sends each of them at once. */
function createSdk(guard: <Part extends object>(part: Part) => Part) {
  const calls: string[] = [];
  const exporter = guard<{ export: Send }>({ export: (_batch, done) => done({ code: 0 }) });
  const processor = guard({
    _exporter: exporter,
    onEmit: (record: object) => exporter.export([record], () => {}),
  });
  const sdk = {
    start: () => void calls.push("start"),
    shutdown: async () => void calls.push("shutdown"),
    _loggerProvider: { _sharedState: { processors: [processor] } },
  };
  return { calls, sdk, processor };
}

describe("an SDK that is taken charge of", () => {
  test("is counted as far as it lets itself be seen", async () => {
    const { calls, sdk, processor } = createSdk((part) => part);
    const life = createLifecycle();
    const telemetry = adoptSdk(life, sdk, settleOptions({}));
    processor.onEmit({});
    assert.equal(telemetry.counts().logs?.sent, 1);
    await life.stop("test");
    assert.deepEqual(calls, ["start", "shutdown"]);
  });

  test("is flushed last, too, where its parts cannot be counted as they are frozen", async () => {
    const { calls, sdk, processor } = createSdk(Object.freeze);
    const life = createLifecycle();
    const telemetry = adoptSdk(life, sdk, settleOptions({}));
    processor.onEmit({});
    assert.deepEqual(telemetry.counts(), {});
    await life.stop("test");
    assert.deepEqual(calls, ["start", "shutdown"]);
  });
});
