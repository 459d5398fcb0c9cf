import assert from "node:assert/strict";
import { test } from "node:test";
import { InMemoryLogRecordExporter, LoggerProvider, SimpleLogRecordProcessor } from "@opentelemetry/sdk-logs";
import { createLifecycle } from "@seaworthy/lifecycle";
import { recordFatals } from "../src/record-fatals.ts";

function stage() {
  const exporter = new InMemoryLogRecordExporter();
  const provider = new LoggerProvider({ processors: [new SimpleLogRecordProcessor({ exporter })] });
  const lifecycle = createLifecycle({ gracePeriodMs: 2_000 });
  const handle = recordFatals(provider.getLogger("test"), lifecycle);
  const events = (): unknown[] =>
    exporter.getFinishedLogRecords().map(({ eventName, attributes }) => [eventName, attributes["exception.message"]]);
  return { lifecycle, handle, events };
}

test("the error that begins a stop is recorded, once", async () => {
  const { lifecycle, events } = stage();
  const error = new Error("no pool");
  await lifecycle.stop({ kind: "fatal", error, origin: "uncaughtException" });
  assert.deepEqual(events(), [["exception", "no pool"]]);
});

test("an ordinary stop, another life and a disposed witness record nothing", async () => {
  const [ordinary, other, disposed] = [stage(), stage(), stage()];
  disposed.handle[Symbol.dispose]();
  await ordinary.lifecycle.stop("done");
  await disposed.lifecycle.stop({ kind: "fatal", error: new Error("late"), origin: "uncaughtException" });
  assert.deepEqual([ordinary.events(), other.events(), disposed.events()], [[], [], []]);
});

test("it does not pass for somebody who tells of the error", () => {
  const { lifecycle } = stage();
  assert.equal(lifecycle.publish("fatal", { error: new Error("unheard"), origin: "uncaughtException" }), false);
});
