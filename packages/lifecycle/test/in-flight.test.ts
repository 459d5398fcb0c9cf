import assert from "node:assert/strict";
import { test } from "node:test";
import { type WorkSource, createInFlight } from "../src/in-flight.ts";

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

/** A source with so many pieces of work in hand, and so many ended. */
function sourceOf(hand: { count: number; ended: number }): WorkSource {
  const list = (): { name: () => string; ageMs: number }[] =>
    Array.from({ length: hand.count }, (_, index) => ({ name: () => `GET /${index}`, ageMs: 7 }));
  return { count: () => hand.count, ended: () => hand.ended, list };
}

test("the work of a source is counted, listed and waited for like the rest", async () => {
  const inFlight = createInFlight(() => 0);
  const hand = { count: 1, ended: 2 };
  const source = inFlight.add(sourceOf(hand));
  const { end } = inFlight.begin("job");
  assert.deepEqual([inFlight.count(), inFlight.ended()], [2, 2]);
  assert.deepEqual(inFlight.list(), [
    { name: "job", ageMs: 0 },
    { name: "GET /0", ageMs: 7 },
  ]);
  let idle = false;
  const waiting = inFlight.whenIdle().then(() => (idle = true));
  end();
  await Promise.resolve();
  assert.equal(idle, false);
  Object.assign(hand, { count: 0, ended: 3 });
  source.idle();
  assert.equal(await waiting, true);
  assert.equal(inFlight.ended(), 4);
});

test("a source that is let go of counts until it has nothing in hand, and what it ended stays counted", () => {
  const inFlight = createInFlight(() => 0);
  const hand = { count: 1, ended: 0 };
  const source = inFlight.add(sourceOf(hand));
  source[Symbol.dispose]();
  assert.deepEqual([inFlight.count(), inFlight.ended()], [1, 0]);
  Object.assign(hand, { count: 0, ended: 1 });
  source.idle();
  assert.deepEqual([inFlight.count(), inFlight.ended()], [0, 1]);
  Object.assign(hand, { count: 5, ended: 9 });
  assert.deepEqual([inFlight.count(), inFlight.ended()], [0, 1], "it is forgotten");
});
