import assert from "node:assert/strict";
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { type TestContext, describe, test } from "node:test";
import { type Hook, type HookContext, type LifecycleEvents, lifecycleChannels } from "@seaworthy/lifecycle";
import { createManualClock } from "@seaworthy/lifecycle/testing";
import { type LongLived, createLongLived } from "../../src/drain/long-lived.ts";
import { startedService } from "../service.ts";

interface Kept {
  readonly longLived: LongLived;
  readonly ended: readonly string[];
  readonly changes: () => number;
  readonly drain: AbortController;
  keep(name: string, onLeave?: Hook): Disposable;
  leave(): void;
  advance(ms: number): Promise<void>;
}

function keeping(longLivedMs = 5_000): Kept {
  const { clock, lifecycle } = startedService();
  const ended: string[] = [];
  let changes = 0;
  const longLived = createLongLived(lifecycle, longLivedMs, () => (changes += 1));
  const drain = new AbortController();
  const deadline = { remainingMs: () => 20_000, passed: new AbortController().signal };
  const context: HookContext = { signal: drain.signal, deadline, reason: { kind: "request", by: "test" }, note() {} };
  return {
    longLived,
    ended,
    changes: () => changes,
    drain,
    keep: (name, onLeave) => longLived.keep({ end: () => ended.push(name), onLeave }),
    leave: () => longLived.leave(context),
    advance: (ms) => clock.advance(ms),
  };
}

function notices(t: TestContext): readonly LifecycleEvents["notice"][] {
  const heard: LifecycleEvents["notice"][] = [];
  const onNotice = (message: unknown): void => void heard.push(message as LifecycleEvents["notice"]);
  subscribe(lifecycleChannels.notice, onNotice);
  t.after(() => unsubscribe(lifecycleChannels.notice, onNotice));
  return heard;
}

describe("what is long-lived", () => {
  test("is kept until it is over by itself", () => {
    const { longLived, keep, ended, changes } = keeping();
    const first = keep("first");
    keep("second");
    assert.equal(longLived.count(), 2);
    first[Symbol.dispose]();
    first[Symbol.dispose]();
    assert.deepEqual([longLived.count(), ended, changes()], [1, [], 3]);
  });

  test("is ended when its budget is spent, which begins when the window is over", async () => {
    const { longLived, keep, leave, ended, advance } = keeping();
    keep("first");
    await advance(60_000);
    leave();
    await advance(4_999);
    assert.deepEqual([longLived.count(), ended], [1, []]);
    await advance(1);
    assert.deepEqual([longLived.count(), ended], [0, ["first"]]);
  });

  test("is ended with the drain budget when that is spent first", () => {
    const { keep, leave, ended, drain } = keeping();
    keep("first");
    leave();
    drain.abort();
    assert.deepEqual(ended, ["first"]);
  });

  test("is ended when its last words are spoken", async () => {
    const { keep, leave, ended, advance } = keeping();
    const spoken = Promise.withResolvers<void>();
    const heard: string[] = [];
    keep("async", async ({ signal, reason, deadline }) => {
      heard.push(`${signal.aborted} ${reason.kind} ${deadline.remainingMs()}`);
      await spoken.promise;
    });
    keep("sync", () => void heard.push("sync"));
    assert.deepEqual(heard, []);
    leave();
    assert.deepEqual(heard, ["false request 20000", "sync"]);
    await advance(0);
    assert.deepEqual(ended, ["sync"]);
    spoken.resolve();
    await advance(0);
    assert.deepEqual(ended, ["sync", "async"]);
  });

  test("is ended with its budget when its last words take for ever, which it is told", async () => {
    const { keep, leave, ended, advance } = keeping();
    let told: unknown;
    keep("slow", ({ signal }) => {
      signal.addEventListener("abort", () => (told = signal.reason));
      return new Promise(() => {});
    });
    keep("other");
    leave();
    await advance(5_000);
    assert.deepEqual(ended, ["slow", "other"]);
    assert.equal((told as DOMException).name, "TimeoutError");
  });

  test("is ended at once when its last words fail, which costs no other one", async (t) => {
    const heard = notices(t);
    const { keep, leave, ended, advance } = keeping();
    keep("throws", () => {
      throw new Error("no words");
    });
    keep("rejects", () => Promise.reject(new Error("no more words")));
    keep("other");
    leave();
    await advance(0);
    assert.deepEqual(ended, ["throws", "rejects"]);
    assert.deepEqual(
      heard.map(({ code, message }) => `${code}: ${message}`),
      ["no words", "no more words"].map(
        (words) => `long-lived: The onLeave hook of a long-lived response failed: ${words}. The response was ended.`,
      ),
    );
    await advance(5_000);
    assert.deepEqual(ended, ["throws", "rejects", "other"]);
  });

  test("is not ended again that ended while it spoke", async () => {
    const { keep, leave, ended, advance } = keeping();
    const kept: Disposable = keep("first", () => kept[Symbol.dispose]());
    leave();
    await advance(5_000);
    assert.deepEqual(ended, []);
  });

  test("speaks its last words at once when it begins after the window, and is ended at once after its budget", async () => {
    const { longLived, keep, leave, ended, advance } = keeping();
    leave();
    keep("late", () => {});
    await advance(0);
    assert.deepEqual(ended, ["late"]);
    await advance(5_000);
    keep("too late", ({ signal }) => assert.equal(signal.aborted, true));
    assert.deepEqual(ended, ["late", "too late"]);
    assert.equal(longLived.count(), 0);
  });

  test("leaves no timer behind when it is let go of", async () => {
    const clock = createManualClock();
    const { lifecycle } = startedService();
    const longLived = createLongLived({ ...lifecycle, clock }, 5_000, () => {});
    const deadline = { remainingMs: () => 0, passed: new AbortController().signal };
    longLived.leave({
      signal: new AbortController().signal,
      deadline,
      reason: { kind: "request", by: "test" },
      note() {},
    });
    assert.equal(clock.waiting(), 1);
    longLived[Symbol.dispose]();
    assert.equal(clock.waiting(), 0);
  });
});
