import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { createManualClock } from "@seaworthy/lifecycle/testing";
import { createLifecycle } from "../src/lifecycle.ts";
import { surfaced, unhandled, watchLife } from "./watched-life.ts";

test("a life that was built has touched nothing", (t) => {
  const listeners = process.eventNames().map((name) => [name, process.listenerCount(name)]);
  const { life, clock, heard } = watchLife(t);
  life.onStop("pool", () => assert.fail());
  assert.equal(life.phase, "starting");
  assert.equal(clock.waiting(), 0);
  assert.deepEqual(
    process.eventNames().map((name) => [name, process.listenerCount(name)]),
    listeners,
  );
  assert.deepEqual(Object.values(heard).flat(), []);
});

test("every method works off the object", async () => {
  const { markStarted, onDrain, onStop, startup, waitUntil, beginWork, openDoor, stop, stopNow, publish } =
    createLifecycle({
      clock: createManualClock(),
    });
  startup("cache", () => {});
  markStarted();
  onDrain("consumer", () => {});
  onStop("pool", () => {});
  await waitUntil("job", Promise.resolve());
  beginWork("job").end();
  openDoor()[Symbol.dispose]();
  publish("notice", { code: "test", message: "heard by nobody" });
  assert.equal((await stop()).clean, true);
  assert.equal((await stopNow()).clean, true);
});

test("markStarted marks once", (t) => {
  const { life, heard } = watchLife(t);
  life.markStarted();
  life.markStarted();
  assert.deepEqual(heard.phase, [{ from: "starting", to: "started" }]);
});

test("an event says of which life it speaks, and its phase has moved by then", async (t) => {
  const { life, heard } = watchLife(t);
  const other = createLifecycle({ clock: createManualClock() });
  other.markStarted();
  await other.stop();
  assert.deepEqual(heard.phase, []);
  life.markStarted();
  await life.stop("admin");
  const reason = { kind: "request", by: "admin" };
  assert.deepEqual(heard.phase, [
    { from: "starting", to: "started" },
    { from: "started", to: "draining", reason },
    { from: "draining", to: "stopping", reason },
    { from: "stopping", to: "stopped", reason },
  ]);
});

describe("work in hand", () => {
  test("waitUntil gives back what the work comes to, also from a thenable", async (t) => {
    const { life } = watchLife(t);
    assert.equal(await life.waitUntil("job", Promise.resolve(7)), 7);
    // oxlint-disable-next-line unicorn/no-thenable
    const thenable = { then: (resolve: (value: number) => void) => resolve(8) } as PromiseLike<number>;
    assert.equal(await life.waitUntil("job", thenable), 8);
  });

  test("waitUntil hides no failure that nobody handles", async (t) => {
    const escaped = unhandled(t, "unhandledRejection");
    const { life } = watchLife(t);
    const failure = new Error("failed");
    void life.waitUntil("job", Promise.reject(failure));
    await surfaced();
    assert.deepEqual(escaped, [failure]);
    assert.equal(life.inFlight.count(), 0);
  });

  test("waitUntil counts work until it settles", async (t) => {
    const { life, clock } = watchLife(t);
    const job = Promise.withResolvers<void>();
    const failing = life.waitUntil("job", job.promise);
    assert.deepEqual(life.inFlight.list(), [{ name: "job", ageMs: 0 }]);
    job.reject(new Error("failed"));
    await assert.rejects(failing, /failed/);
    await clock.advance(0);
    assert.equal(life.inFlight.count(), 0);
  });

  test("what is no promise, or a broken one, is not waited for", async (t) => {
    const { life, clock } = watchLife(t);
    const broken: PromiseLike<void> = {
      // oxlint-disable-next-line unicorn/no-thenable
      then() {
        throw new Error("broken");
      },
    };
    await assert.rejects(life.waitUntil("broken", broken), /broken/);
    void life.waitUntil("nothing", undefined as unknown as Promise<void>);
    void life.waitUntil("value", 7 as unknown as Promise<void>);
    await clock.advance(0);
    assert.equal(life.inFlight.count(), 0);
  });

  test("beginWork counts work until it is told to have ended, by call or by disposal", (t) => {
    const { life } = watchLife(t);
    const first = life.beginWork("first");
    const second = life.beginWork(() => "second");
    assert.equal(life.inFlight.count(), 2);
    first.end();
    second[Symbol.dispose]();
    assert.equal(life.inFlight.count(), 0);
  });
});
