import assert from "node:assert/strict";
import { EventEmitter, once } from "node:events";
import { test } from "node:test";
import { type Context, ROOT_CONTEXT, createContextKey } from "@opentelemetry/api";
import { createContextManager } from "../src/context-manager.ts";

const manager = createContextManager();
const key = createContextKey("name");
const named = (name: string): Context => ROOT_CONTEXT.setValue(key, name);
const active = (): unknown => manager.active().getValue(key);

test("the root context is active where none was set", () => {
  assert.equal(manager.active(), ROOT_CONTEXT);
  assert.equal(manager.enable(), manager);
});

test("a function runs in a context with its receiver, its arguments and its result, and leaves it again", () => {
  const receiver = { name: "receiver" };
  const result = manager.with(
    named("a"),
    function (this: typeof receiver, first: number, second: number) {
      assert.equal(active(), "a");
      assert.equal(manager.with(named("b"), active), "b");
      assert.equal(active(), "a");
      return [this.name, first + second];
    },
    receiver,
    1,
    2,
  );
  assert.deepEqual(result, ["receiver", 3]);
  assert.throws(
    () =>
      manager.with(named("a"), () => {
        throw new Error("no");
      }),
    /no/,
  );
  assert.equal(manager.active(), ROOT_CONTEXT);
});

test("a context goes along with promises and timers", async () => {
  await manager.with(named("a"), async () => {
    await Promise.resolve();
    assert.equal(active(), "a");
    await new Promise((resolve) => setTimeout(resolve, 1));
    assert.equal(active(), "a");
  });
  assert.equal(manager.active(), ROOT_CONTEXT);
});

test("a bound function has its context, its receiver and its length", () => {
  const receiver = {
    name: "receiver",
    call: manager.bind(named("a"), function (this: { name: string }, first: string, second: string) {
      return [this.name, first, second, active()];
    }),
  };
  assert.equal(receiver.call.length, 2);
  assert.deepEqual(receiver.call("x", "y"), ["receiver", "x", "y", "a"]);
});

test("what is neither a function nor an emitter is handed back", () => {
  const thing = { a: 1 };
  assert.equal(manager.bind(named("a"), thing), thing);
});

test("a bound emitter calls its listeners in the context, and its first binding stays", () => {
  const emitter = new EventEmitter();
  const heard: unknown[] = [];
  const listen = (value: unknown): void => void heard.push([value, active()]);
  emitter.on("before", listen);
  assert.equal(manager.bind(named("a"), emitter), emitter);
  manager.bind(named("b"), emitter);
  emitter.once("after", listen);
  emitter.emit("before", 1);
  emitter.emit("after", 2);
  assert.equal(emitter.emit("after", 3), false);
  emitter.removeListener("before", listen);
  assert.equal(emitter.emit("before", 4), false);
  assert.deepEqual(heard, [
    [1, "a"],
    [2, "a"],
  ]);
});

test("an attached context is active until it is let go of, once", async () => {
  await Promise.resolve().then(() => {
    const outer = manager.attach?.(named("a"));
    assert.equal(active(), "a");
    const inner = manager.attach?.(named("b"));
    assert.equal(active(), "b");
    inner?.dispose();
    assert.equal(active(), "a");
    outer?.dispose();
    manager.enterWith(named("c"));
    outer?.dispose();
    assert.equal(active(), "c");
    return undefined;
  });
});

test("an entered context is active in what is left of a callback and in what it starts, not in the next one", async () => {
  const emitter = new EventEmitter();
  const seen: unknown[] = [];
  setImmediate(() => {
    manager.enterWith(named("a"));
    seen.push(active());
    setTimeout(() => {
      seen.push(active());
      emitter.emit("done");
    }, 1);
  });
  setImmediate(() => seen.push(active()));
  await once(emitter, "done");
  assert.deepEqual(seen, ["a", undefined, "a"]);
});

test("nothing is active once it is disabled", () => {
  const own = createContextManager();
  own.with(named("a"), () => {
    assert.equal(own.disable(), own);
    assert.equal(own.active(), ROOT_CONTEXT);
  });
});
