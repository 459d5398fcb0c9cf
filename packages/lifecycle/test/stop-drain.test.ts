import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { aborted, forever, hang, onEvent, watchLife } from "./watched-life.ts";

const outcomes = (hooks: readonly { readonly name: string; readonly outcome: string }[]): readonly string[] =>
  hooks.map(({ name, outcome }) => `${name}: ${outcome}`);

describe("work drains together", () => {
  test("all drain hooks run at once, and no stop hook before they and the work are done", async (t) => {
    const { life, clock } = watchLife(t);
    const story: string[] = [];
    const lasting = (name: string, ms: number) => async (): Promise<void> => {
      story.push(`${name} begins`);
      await new Promise<void>((resolve) => void clock.after(ms, resolve));
      story.push(`${name} ends`);
    };
    life.onStop("pool", () => void story.push("pool closes"));
    life.onDrain("slow", lasting("slow", 200));
    life.onDrain("fast", lasting("fast", 100));
    const job = life.beginWork("job");
    void life.stop();
    await clock.advance(300);
    assert.deepEqual(story, ["slow begins", "fast begins", "fast ends", "slow ends"]);
    job.end();
    await life.whenStopped;
    assert.equal(story.at(-1), "pool closes");
  });

  test("work that comes up while draining is waited for too", async (t) => {
    const { life, clock } = watchLife(t);
    const story: string[] = [];
    life.onStop("pool", () => void story.push(`pool closes at ${clock.now()}`));
    const job = life.beginWork("job");
    life.onDrain("consumer", () => {
      const last = life.beginWork("last job");
      clock.after(500, () => last.end());
    });
    clock.after(100, () => job.end());
    void life.stop();
    await clock.advance(1_000);
    assert.deepEqual(story, ["pool closes at 500"]);
    assert.equal((await life.whenStopped).finished, 2);
  });

  test("a drain hook that is registered while draining runs at once, beside one that hangs", async (t) => {
    const { life, clock } = watchLife(t);
    let ranAt: number | undefined;
    life.onDrain("hanging", hang);
    void life.stop();
    await clock.advance(100);
    life.onDrain("late", () => void (ranAt = clock.now()));
    await clock.advance(30_000);
    assert.equal(ranAt, 100);
    assert.deepEqual(outcomes((await life.whenStopped).hooks), ["hanging: abandoned", "late: done"]);
  });

  test("a drain hook that is registered by whoever hears of the stop runs", async (t) => {
    const { life } = watchLife(t);
    life.intake.addEventListener("abort", () => life.onDrain("late", () => {}));
    assert.deepEqual(outcomes((await life.stop()).hooks), ["late: done"]);
  });
});

describe("the drain budget", () => {
  test("when it is spent, work aborts and is named, and what lets go in time is waited for", async (t) => {
    const { life, clock } = watchLife(t);
    const job = life.beginWork("job 7");
    const finished = life.beginWork("job 8");
    life.work.addEventListener("abort", () => clock.after(300, () => job.end()));
    let closedAt: number | undefined;
    life.onStop("pool", () => void (closedAt = clock.now()));
    void life.stop();
    await clock.advance(1_000);
    finished.end();
    await clock.advance(22_999);
    assert.equal(life.work.aborted, false);
    await clock.advance(1);
    assert.equal(life.work.aborted, true);
    assert.equal((life.work.reason as DOMException).name, "TimeoutError");
    assert.equal(closedAt, undefined);
    await clock.advance(300);
    const report = await life.whenStopped;
    assert.equal(closedAt, 24_300);
    assert.equal(report.finished, 1);
    assert.deepEqual(report.cut, [{ name: "job 7", ageMs: 24_000 }]);
    assert.equal(report.exitCode, 1);
  });

  test("work that does not let go is left behind after its release time", async (t) => {
    const { life, clock } = watchLife(t);
    life.beginWork("job");
    let closedAt: number | undefined;
    life.onStop("pool", () => void (closedAt = clock.now()));
    void life.stop();
    await clock.advance(30_000);
    const report = await life.whenStopped;
    assert.equal(closedAt, 25_000);
    assert.deepEqual(outcomes(report.hooks), ["pool: done"]);
    assert.equal(report.durationMs, 25_000);
  });

  test("a drain hook hears when it should give up, and is done if it does so in time", async (t) => {
    const { life, clock } = watchLife(t);
    let heardAt: number | undefined;
    life.onDrain("giving up", async ({ signal }) => {
      await aborted(signal);
      heardAt = clock.now();
    });
    life.onDrain("deaf", hang);
    void life.stop();
    await clock.advance(30_000);
    const report = await life.whenStopped;
    assert.equal(heardAt, 24_000);
    assert.deepEqual(outcomes(report.hooks), ["giving up: done", "deaf: abandoned"]);
    assert.equal(report.hooks[1]?.durationMs, 25_000);
  });

  test("work is named before a hook that hears of the end can cut it", async (t) => {
    const { life, clock } = watchLife(t);
    const request = life.beginWork("GET /slow");
    life.onDrain("server", async ({ signal }) => {
      await aborted(signal);
      request.end();
    });
    void life.stop();
    await clock.advance(30_000);
    const { cut, finished } = await life.whenStopped;
    assert.deepEqual(cut, [{ name: "GET /slow", ageMs: 24_000 }]);
    assert.equal(finished, 0);
  });

  test("a hanging drain cannot starve the stop hooks: a tail is kept back for them", async (t) => {
    const { life, clock } = watchLife(t);
    life.onDrain("hanging", hang);
    life.beginWork("hanging too");
    life.onStop("pool", () => new Promise<void>((resolve) => void clock.after(3_900, resolve)));
    void life.stop();
    await clock.advance(30_000);
    const report = await life.whenStopped;
    assert.deepEqual(outcomes(report.hooks), ["hanging: abandoned", "pool: done"]);
    assert.equal(report.durationMs, 28_900);
  });

  test("a long drain window leaves it no longer", async (t) => {
    const { life, clock } = watchLife(t, { drainWindow: { minMs: 15_000, maxMs: 15_000 } });
    life.openDoor();
    life.markStarted();
    life.beginWork("job");
    void life.stop();
    await clock.advance(30_000);
    const { steps } = await life.whenStopped;
    assert.deepEqual(steps, { window: 15_000, drain: 10_000, stop: 0 });
  });

  test("a name that cannot be made keeps no stop from ending", async (t) => {
    const { life, clock } = watchLife(t);
    life.beginWork(() => {
      throw new Error("no id");
    });
    void life.stop();
    await clock.advance(30_000);
    assert.deepEqual((await life.whenStopped).cut, [{ name: "unnamed work (no id)", ageMs: 24_000 }]);
  });
});

describe("hooks that come late", () => {
  test("a drain hook that is registered while stopping does not run, and the log says so", async (t) => {
    const { life, heard } = watchLife(t);
    life.onStop("pool", () => life.onDrain("late", () => assert.fail()));
    const report = await life.stop();
    assert.deepEqual(outcomes(report.hooks), ["pool: done"]);
    assert.deepEqual(heard.notice, [
      {
        code: "too-late",
        message: 'The drain hook "late" was registered while stopping and will not run. Register it earlier.',
      },
    ]);
  });

  test("a drain hook that is still to begin when the drain is over does not run while stopping", async (t) => {
    const { life, clock } = watchLife(t);
    life.onDrain("hanging", hang);
    onEvent(t, life, "hook", ({ name }) => {
      if (name === "hanging") life.onDrain("late", () => assert.equal(life.phase, "draining"));
    });
    void life.stop();
    await clock.advance(30_000);
    await life.whenStopped;
  });

  test("a stop hook that is registered while draining or stopping runs, the last one next", async (t) => {
    const { life } = watchLife(t);
    const story: string[] = [];
    life.onDrain("consumer", () => void life.onStop("from the drain", () => void story.push("from the drain")));
    life.onStop("first", () => void story.push("first"));
    life.onStop("second", () => {
      story.push("second");
      life.onStop("from a stop", () => void story.push("from a stop"));
    });
    assert.equal((await life.stop()).clean, true);
    assert.deepEqual(story, ["from the drain", "second", "from a stop", "first"]);
  });

  for (const kind of ["onDrain", "onStop"] as const) {
    test(`${kind} after the stop says that it is too late`, async (t) => {
      const { life, heard } = watchLife(t);
      await life.stop();
      life[kind]("late", () => assert.fail());
      assert.match(heard.notice[0]?.message ?? "", /hook "late" was registered while stopped and will not run/);
    });
  }
});

describe("work and stop", () => {
  test("a piece of work that waits for the stop itself is cut, not waited for for ever", async (t) => {
    const { life, clock } = watchLife(t);
    life.markStarted();
    void life.waitUntil("waits for the stop", life.whenStopped);
    void life.stop();
    await clock.advance(30_000);
    assert.deepEqual((await life.whenStopped).cut, [{ name: "waits for the stop", ageMs: 24_000 }]);
  });

  test("work that a stop hook leaves behind is named", async (t) => {
    const { life } = watchLife(t);
    life.onStop("farewell", () => void life.waitUntil("send", forever));
    const report = await life.stop();
    assert.deepEqual(report.cut, [{ name: "send", ageMs: 0 }]);
    assert.equal(report.exitCode, 1);
  });
});
