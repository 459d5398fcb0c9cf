import assert from "node:assert/strict";
import { test } from "node:test";
import { createLeave } from "../src/leave.ts";

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
