import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { aborted, forever, hang, onEvent, surfaced, unhandled, watchLife } from "./watched-life.ts";

const outcomes = (hooks: readonly { readonly name: string; readonly outcome: string }[]): readonly string[] =>
  hooks.map(({ name, outcome }) => `${name}: ${outcome}`);

describe("a stop is ended at once, anywhere on the way", () => {
  test("before it began", async (t) => {
    const { life, heard, clock } = watchLife(t);
    life.markStarted();
    life.beginWork("job");
    life.onStop("pool", () => assert.fail());
    const report = await life.stopNow("admin");
    assert.deepEqual(report.reason, { kind: "request", by: "admin" });
    assert.deepEqual(report.forcedBy, { kind: "request", by: "admin" });
    assert.deepEqual(outcomes(report.hooks), ["pool: skipped"]);
    assert.deepEqual(report.cut, [{ name: "job", ageMs: 0 }]);
    assert.equal(report.exitCode, 1);
    assert.equal(life.phase, "stopped");
    assert.ok(life.intake.aborted && life.windowOver.aborted && life.work.aborted);
    assert.equal(clock.waiting(), 0);
    assert.equal(heard.report.length, 1);
  });

  test("in the drain window", async (t) => {
    const { life, clock } = watchLife(t);
    life.openDoor();
    life.markStarted();
    life.onDrain("consumer", () => assert.fail());
    void life.stop({ kind: "os-signal", osSignal: "SIGTERM" });
    await clock.advance(300);
    const report = await life.stopNow({ kind: "os-signal", osSignal: "SIGINT" });
    assert.equal(clock.waiting(), 0);
    await clock.advance(30_000);
    assert.deepEqual(report.forcedBy, { kind: "os-signal", osSignal: "SIGINT" });
    assert.deepEqual(report.steps, { window: 300, drain: 0, stop: 0 });
    assert.deepEqual(outcomes(report.hooks), ["consumer: skipped"]);
    assert.equal(clock.waiting(), 0);
  });

  test("while draining", async (t) => {
    const { life, clock } = watchLife(t);
    life.onDrain("done", () => {});
    life.onDrain("hanging", hang);
    life.onStop("pool", () => assert.fail());
    life.beginWork("job");
    life.beginWork("quick").end();
    void life.stop();
    await clock.advance(400);
    const report = await life.stopNow();
    assert.deepEqual(outcomes(report.hooks), ["done: done", "hanging: abandoned", "pool: skipped"]);
    assert.equal(report.hooks[1]?.durationMs, 400);
    assert.deepEqual(report.cut, [{ name: "job", ageMs: 400 }]);
    assert.deepEqual(report.steps, { window: 0, drain: 400, stop: 0 });
    await clock.advance(30_000);
    assert.equal(clock.waiting(), 0);
  });

  test("while stopping", async (t) => {
    const { life, clock } = watchLife(t);
    life.onStop("first", () => assert.fail());
    life.onStop("hanging", hang, { timeoutMs: 5_000 });
    void life.stop();
    await clock.advance(100);
    const report = await life.stopNow();
    assert.deepEqual(outcomes(report.hooks), ["first: skipped", "hanging: abandoned"]);
    assert.deepEqual(report.steps, { window: 0, drain: 0, stop: 100 });
    await clock.advance(30_000);
    assert.equal(clock.waiting(), 0);
  });

  test("after it was over nothing changes any more", async (t) => {
    const { life, heard } = watchLife(t);
    const report = await life.stop();
    assert.equal(await life.stopNow(), report);
    assert.equal(report.clean, true);
    assert.equal(heard.report.length, 1);
  });

  test("hooks that run then hear of it, and what they do with it changes nothing", async (t) => {
    const { life, clock, heard } = watchLife(t);
    let heardOfIt = false;
    life.onStop("pool", async ({ signal }) => {
      await aborted(signal);
      heardOfIt = true;
      throw new Error("unheard");
    });
    void life.stop();
    await clock.advance(100);
    const report = await life.stopNow();
    await clock.advance(100);
    assert.equal(heardOfIt, true);
    assert.deepEqual(outcomes(report.hooks), ["pool: abandoned"]);
    assert.deepEqual(heard.hook, []);
  });
});

describe("whoever hears of a moment may end the stop there, and it ends once", () => {
  test("a listener of intake", async (t) => {
    const { life, heard } = watchLife(t);
    life.onStop("pool", hang);
    life.intake.addEventListener("abort", () => void life.stopNow("intake"));
    const report = await life.stop();
    assert.deepEqual(report.forcedBy, { kind: "request", by: "intake" });
    assert.equal(heard.report.length, 1);
  });

  for (const phase of ["draining", "stopping", "stopped"] as const) {
    test(`a listener of the phase ${phase}`, async (t) => {
      const { life, heard, clock } = watchLife(t);
      onEvent(t, life, "phase", ({ to }) => {
        if (to === phase) void life.stopNow("listener");
      });
      const report = await life.stop();
      await clock.advance(30_000);
      assert.equal(report.clean, phase === "stopped");
      assert.equal(heard.report.length, 1);
      assert.equal(life.phase, "stopped");
      assert.ok(life.intake.aborted);
      assert.equal(clock.waiting(), 0);
    });
  }

  test("a listener of work", async (t) => {
    const { life, heard, clock } = watchLife(t);
    life.beginWork("job");
    life.work.addEventListener("abort", () => void life.stopNow("work"));
    void life.stop();
    await clock.advance(30_000);
    const report = await life.whenStopped;
    assert.deepEqual(report.forcedBy, { kind: "request", by: "work" });
    assert.deepEqual(report.cut, [{ name: "job", ageMs: 24_000 }]);
    assert.equal(heard.report.length, 1);
  });

  test("a hook's signal, aborted by a deadline that is only found to have passed", async (t) => {
    const escaped = unhandled(t, "unhandledRejection");
    const { life, heard, clock } = watchLife(t);
    let late = 0;
    const { now } = clock;
    clock.now = () => now() + late;
    life.onDrain(
      "left behind",
      async ({ signal }) => {
        signal.addEventListener("abort", () => void life.stopNow("hook"));
        await forever;
      },
      { timeoutMs: 1 },
    );
    life.onDrain("blocking", () => void (late += 60_000));
    void life.stop();
    await clock.advance(30_000);
    await life.whenStopped;
    await surfaced();
    assert.equal(heard.report.length, 1);
    assert.deepEqual(escaped, []);
  });

  test("a hook", async (t) => {
    const { life, heard } = watchLife(t);
    life.onStop("first", () => assert.fail());
    life.onStop("impatient", () => void life.stopNow("hook"));
    const report = await life.stop();
    assert.deepEqual(outcomes(report.hooks), ["first: skipped", "impatient: abandoned"]);
    assert.equal(heard.report.length, 1);
  });
});

describe("a listener that throws steers nothing", () => {
  test("of a latch or of the phase", async (t) => {
    const { life, heard } = watchLife(t);
    // Errors of listeners surface as uncaught exceptions, which is where they belong.
    const thrown = unhandled(t, "uncaughtException");
    const expected = new Error("a listener threw");
    const throwing = (): never => {
      throw expected;
    };
    life.intake.addEventListener("abort", throwing);
    life.windowOver.addEventListener("abort", throwing);
    life.work.addEventListener("abort", throwing);
    onEvent(t, life, "report", throwing);
    const report = await life.stop();
    await surfaced();
    assert.equal(report.clean, true);
    assert.equal(heard.report.length, 1);
    assert.deepEqual(thrown, [expected, expected, expected, expected]);
  });
});

describe("a fatal error", () => {
  const fatal = { kind: "fatal", error: new Error("boom"), origin: "uncaughtException" } as const;

  test("begins a stop with the short budget, and 1", async (t) => {
    const { life, clock } = watchLife(t);
    life.markStarted();
    life.beginWork("job");
    life.onStop("pool", hang);
    void life.stop(fatal);
    await clock.advance(5_000);
    const report = await life.whenStopped;
    assert.equal(Math.round(report.durationMs), 5_000);
    assert.equal(report.exitCode, 1);
    assert.deepEqual(outcomes(report.hooks), ["pool: abandoned"]);
  });

  test("runs every hook, and ends with 1 also when all are done", async (t) => {
    const { life } = watchLife(t);
    life.onDrain("consumer", () => {});
    life.onStop("pool", () => {});
    const report = await life.stop(fatal);
    assert.deepEqual(outcomes(report.hooks), ["consumer: done", "pool: done"]);
    assert.equal(report.clean, false);
    assert.equal(report.exitCode, 1);
    assert.deepEqual(report.openHandles, {});
  });

  test("on the way shortens a stop and makes it 1", async (t) => {
    const { life, clock } = watchLife(t);
    life.beginWork("job");
    void life.stop({ kind: "os-signal", osSignal: "SIGTERM" });
    await clock.advance(2_000);
    void life.stop(fatal);
    await clock.advance(5_000);
    const report = await life.whenStopped;
    assert.ok(report.durationMs < 7_000);
    assert.deepEqual(report.reason, { kind: "os-signal", osSignal: "SIGTERM" });
    assert.equal(report.forcedBy, undefined);
    assert.equal(report.exitCode, 1);
  });

  test("on the way never makes a stop longer", async (t) => {
    const { life, clock } = watchLife(t);
    life.onStop("pool", hang);
    life.beginWork("job");
    void life.stop();
    await clock.advance(28_000);
    void life.stop(fatal);
    await clock.advance(1_000);
    assert.equal((await life.whenStopped).durationMs, 29_000);
  });

  test("on the way narrows a drain window that is open", async (t) => {
    const { life, clock } = watchLife(t);
    const door = life.openDoor();
    life.markStarted();
    void life.stop();
    for (let at = 0; at < 8_000; at += 100) {
      if (at === 2_000) void life.stop(fatal);
      door.arrived();
      await clock.advance(100);
    }
    const { steps } = await life.whenStopped;
    assert.ok(steps.window < 3_500, `the window lasted ${steps.window}`);
  });

  test("is heard from a listener of intake too", async (t) => {
    const { life } = watchLife(t);
    life.intake.addEventListener("abort", () => void life.stop(fatal));
    assert.equal((await life.stop()).exitCode, 1);
  });

  test("after the stop changes no report", async (t) => {
    const { life, clock } = watchLife(t);
    const report = await life.stop();
    assert.equal(await life.stop(fatal), report);
    assert.equal(report.clean, true);
    assert.equal(clock.waiting(), 0);
  });
});
