import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Hook, HookRecord } from "../src/hooks.ts";
import type { Report } from "../src/report.ts";
import { aborted, forever, hang, surfaced, unhandled, watchLife } from "./watched-life.ts";

const recordOf = ({ hooks }: Report, name: string): HookRecord | undefined => hooks.find((hook) => hook.name === name);
const outcomes = ({ hooks }: Report): readonly string[] => hooks.map(({ name, outcome }) => `${name}: ${outcome}`);

describe("dependencies stop one at a time, in the reverse order of registration", () => {
  test("each begins when the one before it has ended", async (t) => {
    const { life, clock } = watchLife(t);
    const story: string[] = [];
    for (const name of ["first", "second", "third"]) {
      life.onStop(name, async () => {
        story.push(`${name} begins at ${clock.now()}`);
        await new Promise<void>((resolve) => void clock.after(10, resolve));
        story.push(`${name} ends at ${clock.now()}`);
      });
    }
    void life.stop();
    await clock.advance(100);
    assert.deepEqual(story, [
      "third begins at 0",
      "third ends at 10",
      "second begins at 10",
      "second ends at 20",
      "first begins at 20",
      "first ends at 30",
    ]);
  });

  test("one that another took back does not run", async (t) => {
    const { life } = watchLife(t);
    const pool = life.onStop("pool", () => assert.fail());
    life.onStop("cache", () => pool[Symbol.dispose]());
    assert.deepEqual(outcomes(await life.stop()), ["cache: done"]);
  });

  test("one that takes itself back while it runs is still reported", async (t) => {
    const { life } = watchLife(t);
    const own = life.onStop("own", () => own[Symbol.dispose]());
    assert.deepEqual(outcomes(await life.stop()), ["own: done"]);
  });
});

describe("a hook that fails is named and stops none of the others", () => {
  const failing: Readonly<Record<string, Hook>> = {
    "by throwing": () => {
      throw new Error("no");
    },
    "by rejecting": () => Promise.reject(new Error("no")),
    "by a thenable that rejects": () => ({
      // oxlint-disable-next-line unicorn/no-thenable
      then: (_: unknown, reject: (error: Error) => void) => reject(new Error("no")),
    }),
    "by a thenable whose then throws": () => ({
      // oxlint-disable-next-line unicorn/no-thenable
      get then(): never {
        throw new Error("no");
      },
    }),
  };
  for (const kind of ["onDrain", "onStop"] as const) {
    for (const [how, hook] of Object.entries(failing)) {
      test(`${kind}, ${how}`, async (t) => {
        const { life, heard } = watchLife(t);
        life[kind]("before", () => {});
        life[kind]("failing", hook);
        life[kind]("after", () => {});
        const report = await life.stop();
        assert.deepEqual(outcomes(report), ["before: done", "failing: failed", "after: done"]);
        assert.deepEqual(recordOf(report, "failing")?.error, new Error("no"));
        assert.equal(report.exitCode, 1);
        assert.equal(heard.hook.length, 3);
      });
    }
  }

  test("anything may be thrown", async (t) => {
    const { life } = watchLife(t);
    const { promise, reject } = Promise.withResolvers<void>();
    life.onStop("nothing", () => promise);
    reject(undefined);
    const report = await life.stop();
    const record = recordOf(report, "nothing");
    assert.equal(record?.outcome, "failed");
    assert.ok("error" in record && record.error === undefined);
  });
});

describe("a hook may take its own time and no more", () => {
  for (const kind of ["onDrain", "onStop"] as const) {
    test(`${kind}: over its timeoutMs it hears so and is left behind`, async (t) => {
      const { life, clock } = watchLife(t);
      let reason: unknown;
      life[kind]("next", () => {});
      const hearing: Hook = async ({ signal }) => {
        signal.addEventListener("abort", () => (reason = signal.reason));
        await forever;
      };
      life[kind]("slow", hearing, { timeoutMs: 100 });
      void life.stop();
      await clock.advance(100);
      const report = await life.whenStopped;
      assert.deepEqual(outcomes(report), ["next: done", "slow: timed-out"]);
      assert.equal(recordOf(report, "slow")?.durationMs, 100);
      assert.equal((reason as DOMException).name, "TimeoutError");
      assert.match((reason as DOMException).message, /"slow" took too long/);
      assert.equal(report.exitCode, 1);
    });

    test(`${kind}: one that fails after it was left behind fails unheard`, async (t) => {
      const escaped = unhandled(t, "unhandledRejection");
      const { life, clock } = watchLife(t);
      const slow = Promise.withResolvers<void>();
      life[kind]("slow", () => slow.promise, { timeoutMs: 100 });
      void life.stop();
      await clock.advance(100);
      const report = await life.whenStopped;
      slow.reject(new Error("too late"));
      await surfaced();
      assert.deepEqual(outcomes(report), ["slow: timed-out"]);
      assert.deepEqual(escaped, []);
    });
  }

  test("a stop hook may take an equal share of what is left", async (t) => {
    const { life, clock } = watchLife(t);
    life.onStop("first", hang);
    life.onStop("second", () => {});
    life.onStop("third", hang);
    void life.stop();
    await clock.advance(29_000);
    const report = await life.whenStopped;
    assert.deepEqual(outcomes(report), ["first: abandoned", "second: done", "third: abandoned"]);
    assert.equal(recordOf(report, "third")?.durationMs, 29_000 / 3);
    assert.ok(Math.abs((recordOf(report, "first")?.durationMs ?? 0) - (29_000 * 2) / 3) < 0.001);
  });

  test("a timeoutMs beyond its share does not make the share longer", async (t) => {
    const { life, clock } = watchLife(t);
    life.onStop("first", () => {});
    life.onStop("second", hang, { timeoutMs: 20_000 });
    void life.stop();
    await clock.advance(29_000);
    const report = await life.whenStopped;
    assert.deepEqual(outcomes(report), ["first: done", "second: abandoned"]);
    assert.equal(recordOf(report, "second")?.durationMs, 14_500);
  });

  test("a drain hook whose timeoutMs reaches beyond the release time is abandoned there", async (t) => {
    const { life, clock } = watchLife(t);
    life.onDrain("consumer", hang, { timeoutMs: 28_000 });
    void life.stop();
    await clock.advance(29_000);
    const report = await life.whenStopped;
    assert.deepEqual(outcomes(report), ["consumer: abandoned"]);
    assert.equal(recordOf(report, "consumer")?.durationMs, 25_000);
  });

  test("a hook knows why it runs and how long it has", async (t) => {
    const { life, clock } = watchLife(t);
    let seen: unknown;
    life.onStop("pool", ({ reason, deadline, signal }) => {
      seen = { reason, remainingMs: deadline.remainingMs(), aborted: signal.aborted };
    });
    life.beginWork("job");
    void life.stop("admin");
    await clock.advance(29_000);
    await life.whenStopped;
    assert.deepEqual(seen, { reason: { kind: "request", by: "admin" }, remainingMs: 4_000, aborted: false });
  });

  test("a hook that waits for the stop to end is left behind", async (t) => {
    const { life, clock } = watchLife(t);
    life.onStop("waits for itself", () => life.stop());
    void life.stop();
    await clock.advance(29_000);
    assert.deepEqual(outcomes(await life.whenStopped), ["waits for itself: abandoned"]);
  });

  test("a hook that hears that it is late and ends then is late all the same", async (t) => {
    const { life, clock } = watchLife(t);
    life.onStop("obedient", ({ signal }) => aborted(signal), { timeoutMs: 10 });
    void life.stop();
    await clock.advance(10);
    assert.deepEqual(outcomes(await life.whenStopped), ["obedient: timed-out"]);
  });
});

describe("the clock decides, also when the loop was starved and no timer ran", () => {
  /** A life whose clock can jump while a hook holds the loop. */
  const starve = (t: Parameters<typeof watchLife>[0]) => {
    const watched = watchLife(t);
    let late = 0;
    const { now } = watched.clock;
    watched.clock.now = () => now() + late;
    return { ...watched, jump: (ms: number): void => void (late += ms) };
  };

  test("a hook that blocks past the deadline is named, and no other begins", async (t) => {
    const { life, jump } = starve(t);
    life.onStop("first", () => assert.fail());
    life.onStop("blocking", () => jump(40_000));
    const report = await life.stop();
    assert.deepEqual(outcomes(report), ["first: skipped", "blocking: abandoned"]);
    assert.equal(report.exitCode, 1);
  });

  test("also when it is the last one", async (t) => {
    const { life, jump } = starve(t);
    life.onStop("blocking", () => jump(40_000));
    const report = await life.stop();
    assert.deepEqual(outcomes(report), ["blocking: abandoned"]);
    assert.equal(report.exitCode, 1);
  });

  test("a hook that blocks past its timeoutMs is named, and the others run", async (t) => {
    const { life, jump } = starve(t);
    life.onStop("first", () => {});
    life.onStop("blocking", () => jump(200), { timeoutMs: 100 });
    assert.deepEqual(outcomes(await life.stop()), ["first: done", "blocking: timed-out"]);
  });

  test("a drain hook that blocks past the release time is named, and the stop hooks still run", async (t) => {
    const { life, jump } = starve(t);
    life.onStop("pool", () => {});
    life.onDrain("blocking", () => jump(26_000));
    assert.deepEqual(outcomes(await life.stop()), ["pool: done", "blocking: abandoned"]);
  });

  test("a hook that blocks and fails has failed", async (t) => {
    const { life, jump } = starve(t);
    life.onStop("blocking", () => {
      jump(40_000);
      throw new Error("no");
    });
    assert.deepEqual(outcomes(await life.stop()), ["blocking: failed"]);
  });

  test("a process that was asleep past the deadline runs no hook any more", async (t) => {
    const { life, clock, jump } = starve(t);
    life.openDoor();
    life.markStarted();
    life.onDrain("consumer", () => assert.fail());
    life.onStop("pool", () => assert.fail());
    void life.stop();
    await clock.advance(500);
    jump(60_000);
    await clock.advance(30_000);
    const report = await life.whenStopped;
    assert.deepEqual(outcomes(report), ["consumer: skipped", "pool: skipped"]);
    assert.equal(report.exitCode, 1);
  });
});
