import assert from "node:assert/strict";
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { test } from "node:test";
import { InMemoryLogRecordExporter, LoggerProvider, SimpleLogRecordProcessor } from "@opentelemetry/sdk-logs";
import { createLifecycle, lifecycleChannels } from "@seaworthy/lifecycle";
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

test("an error on the way to the end is recorded where somebody tells of it, and left to stderr where nobody does", async (t) => {
  const fatal = { error: new Error("boom"), origin: "uncaughtException" } as const;
  const unheard = stage();
  const stopping = unheard.lifecycle.stop("done");
  assert.equal(unheard.lifecycle.publish("fatal", fatal), false);
  await stopping;
  assert.deepEqual(unheard.events(), []);

  const heard = stage();
  const teller = (): void => {};
  subscribe(lifecycleChannels.fatal, teller);
  t.after(() => unsubscribe(lifecycleChannels.fatal, teller));
  heard.lifecycle.publish("fatal", fatal);
  assert.deepEqual(heard.events(), []);
  await heard.lifecycle.stop("done");
  heard.lifecycle.publish("fatal", fatal);
  assert.deepEqual(heard.events(), [["exception", "boom"]]);
  heard.handle[Symbol.dispose]();
  heard.lifecycle.publish("fatal", fatal);
  assert.equal(heard.events().length, 1);
});

test("it does not pass for somebody who tells of the error", () => {
  const { lifecycle } = stage();
  assert.equal(lifecycle.publish("fatal", { error: new Error("unheard"), origin: "uncaughtException" }), false);
});
