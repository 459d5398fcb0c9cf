import assert from "node:assert/strict";
import { test } from "node:test";
import { createInFlight } from "../src/in-flight.ts";

test("work is counted in, and out once", () => {
  const inFlight = createInFlight(() => 0);
  const first = inFlight.begin("first");
  const second = inFlight.begin("second");
  assert.equal(inFlight.count(), 2);
  first.end();
  first.end();
  first[Symbol.dispose]();
  assert.equal(inFlight.count(), 1);
  assert.equal(inFlight.ended(), 1);
  second[Symbol.dispose]();
  assert.equal(inFlight.ended(), 2);
});

test("work of the same name is not the same work", () => {
  const inFlight = createInFlight(() => 0);
  const { end } = inFlight.begin("job");
  inFlight.begin("job");
  end();
  assert.deepEqual(inFlight.list(), [{ name: "job", ageMs: 0 }]);
});

test("work is listed by name and age, and names are made only then", () => {
  let time = 0;
  let asked = 0;
  const inFlight = createInFlight(() => time);
  inFlight.begin(() => `job ${(asked += 1)}`);
  time = 30;
  inFlight.begin("other");
  assert.equal(asked, 0);
  time = 50;
  assert.deepEqual(inFlight.list(), [
    { name: "job 1", ageMs: 50 },
    { name: "other", ageMs: 20 },
  ]);
});

test("a name that cannot be made does not hide the others", () => {
  const inFlight = createInFlight(() => 0);
  inFlight.begin(() => {
    throw new Error("no id");
  });
  inFlight.begin("other");
  assert.deepEqual(
    inFlight.list().map(({ name }) => name),
    ["unnamed work (no id)", "other"],
  );
});

test("everyone who waits for an empty hand hears of it, at once when it is empty", async () => {
  const inFlight = createInFlight(() => 0);
  await inFlight.whenIdle();
  const { end } = inFlight.begin("job");
  let idle = 0;
  const waiting = [inFlight.whenIdle(), inFlight.whenIdle()].map((promise) => promise.then(() => (idle += 1)));
  await Promise.resolve();
  assert.equal(idle, 0);
  end();
  await Promise.all(waiting);
  assert.equal(idle, 2);
});
