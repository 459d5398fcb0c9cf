import assert from "node:assert/strict";
import { test } from "node:test";
import { createLeave } from "../src/leave.ts";
import { createListeners } from "../src/listeners.ts";
import { surfaced, unhandled } from "./watched-life.ts";

test("whoever listens hears each time the service begins to leave, until disposed", () => {
  let changes = 0;
  let heard = 0;
  const leave = createLeave(() => (changes += 1));
  const hear = (): void => void (heard += 1);
  const [first, second] = [leave.onBegin(hear), leave.onBegin(hear)];
  leave.begin();
  leave.begin();
  assert.deepEqual([leave.isUnderWay(), heard, changes], [true, 2, 1]);
  leave.callOff();
  assert.deepEqual([leave.isUnderWay(), heard, changes], [false, 2, 2]);
  first[Symbol.dispose]();
  leave.begin();
  assert.deepEqual([leave.isUnderWay(), heard, changes], [true, 3, 3]);
  second[Symbol.dispose]();
});

test("a listener that throws keeps nobody from hearing, and its error is an uncaught exception", async (t) => {
  const uncaught = unhandled(t, "uncaughtException");
  const listeners = createListeners();
  const error = new Error("mine");
  let heard = 0;
  listeners.add(() => {
    throw error;
  });
  listeners.add(() => (heard += 1));
  listeners.tell();
  assert.equal(heard, 1);
  await surfaced();
  assert.deepEqual(uncaught, [error]);
});
