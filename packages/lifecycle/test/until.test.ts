import assert from "node:assert/strict";
import { getEventListeners } from "node:events";
import { test } from "node:test";
import { settledOrAborted, whenAborted } from "../src/until.ts";
import { forever } from "./watched-life.ts";

test("whenAborted calls once, at once when it is too late to listen, never after disposal", () => {
  const controller = new AbortController();
  let calls = 0;
  whenAborted(controller.signal, () => (calls += 1));
  whenAborted(controller.signal, () => assert.fail())[Symbol.dispose]();
  controller.abort();
  assert.equal(calls, 1);
  whenAborted(controller.signal, () => (calls += 1));
  assert.equal(calls, 2);
});

test("settledOrAborted says which came first", async () => {
  const { signal } = new AbortController();
  assert.equal(await settledOrAborted(Promise.resolve(), signal), true);
  assert.equal(await settledOrAborted(forever, AbortSignal.abort()), false);
});

test("settledOrAborted never rejects, not even when the work fails after the abort", async () => {
  const { signal } = new AbortController();
  assert.equal(await settledOrAborted(Promise.reject(new Error("failed")), signal), true);
  const late = Promise.withResolvers<void>();
  assert.equal(await settledOrAborted(late.promise, AbortSignal.abort()), false);
  late.reject(new Error("failed late"));
  await new Promise((resolve) => void setImmediate(resolve));
});

test("settledOrAborted leaves no listener behind", async () => {
  const { signal } = new AbortController();
  await settledOrAborted(Promise.resolve(), signal);
  assert.deepEqual(getEventListeners(signal, "abort"), []);
});
