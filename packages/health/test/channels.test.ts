import assert from "node:assert/strict";
import { channel, subscribe, unsubscribe } from "node:diagnostics_channel";
import { test } from "node:test";
import { healthChannels } from "../src/channels.ts";
import { everySecond, listen, promised, startedLife } from "./life.ts";

test("the channels have the names that are told", () => {
  assert.deepEqual(healthChannels, { check: "seaworthy.health.check", run: "seaworthy.health.run" });
});

test("every result of a check is told, with how long it took and what was thrown", async (t) => {
  const { health, clock } = startedLife();
  const heard = listen(t, health, "run");
  const error = new Error("refused");
  let runs = 0;
  health.check(
    "db",
    async () => {
      runs += 1;
      const { promise, resolve } = promised();
      clock.after(20, resolve);
      await promise;
      if (runs > 1) throw error;
    },
    everySecond,
  );
  await clock.advance(2_500);
  assert.deepEqual(heard, [
    { name: "db", result: "pass", durationMs: 20 },
    { name: "db", result: "fail", durationMs: 20, error },
    { name: "db", result: "fail", durationMs: 20, error },
  ]);
});

test("every result that is pushed is told", (t) => {
  const { health } = startedLife();
  const heard = listen(t, health, "run");
  const bus = health.pushCheck("bus");
  bus.pass();
  bus.fail("gone");
  assert.deepEqual(heard, [
    { name: "bus", result: "pass" },
    { name: "bus", result: "fail", error: "gone" },
  ]);
});

test("only a change of status is told as one, with what the check gates and what was thrown", (t) => {
  const { health } = startedLife();
  const heard = listen(t, health, "check");
  const bus = health.pushCheck("bus", { gates: ["startup", "readiness"], failAfter: 2 });
  const errors = [new Error("one"), new Error("two"), new Error("three")];
  bus.pass();
  bus.pass();
  for (const error of errors) bus.fail(error);
  bus.pass();
  const gates = ["startup", "readiness"];
  assert.deepEqual(heard, [
    { name: "bus", gates, from: "unknown", to: "pass" },
    { name: "bus", gates, from: "pass", to: "fail", error: errors[1] },
    { name: "bus", gates, from: "fail", to: "pass" },
  ]);
});

test("the result comes before the change that it makes", (t) => {
  const { health } = startedLife();
  const order: string[] = [];
  const names = Object.values(healthChannels);
  const onMessage = (_message: unknown, name: string | symbol): void => void order.push(String(name));
  for (const name of names) subscribe(name, onMessage);
  t.after(() => names.map((name) => unsubscribe(name, onMessage)));
  health.pushCheck("bus").fail(new Error("gone"));
  assert.deepEqual(order, [healthChannels.run, healthChannels.check]);
});

test("every event says whose health it speaks of", (t) => {
  const one = startedLife();
  const other = startedLife();
  const heard = listen(t, one.health, "run");
  other.health.pushCheck("bus").pass();
  assert.deepEqual(heard, []);
  one.health.pushCheck("bus").pass();
  assert.equal(heard.length, 1);
});

test("nothing is left subscribed", () => {
  for (const name of Object.values(healthChannels)) assert.equal(channel(name).hasSubscribers, false);
});
