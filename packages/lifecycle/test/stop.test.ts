import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { forever, onEvent, watchLife } from "./watched-life.ts";

/*
 * The timeline of a stop, with the default budgets.
 *
 * T0                   reason arrives       phase: draining   intake aborts
 * T0 + drain window    1 s without arrivals                   windowOver aborts; drain hooks run together
 * all drained          nothing in hand      phase: stopping   stop hooks, one at a time, last registered first
 *  (or T0 + 24 s: work aborts, and T0 + 25 s: it is left behind)
 * last hook done                            phase: stopped    report published
 * T0 + 29 s            the deadline                           unfinished hooks are abandoned and named
 */

test("a stop walks the timeline", async (t) => {
  const { life, clock } = watchLife(t);
  const story: string[] = [];
  const tell = (what: string): void => void story.push(`${clock.now()} ${life.phase}: ${what}`);
  onEvent(t, life, "phase", ({ to }) => tell(`now ${to}`));
  onEvent(t, life, "report", () => tell("report"));
  for (const latch of ["intake", "windowOver", "work"] as const) {
    life[latch].addEventListener("abort", () => tell(`${latch} aborts`));
  }
  life.onStop("pool", () => tell("pool closes"));
  life.onStop("cache", () => tell("cache closes"));
  life.onDrain("consumer", () => tell("consumer drains"));
  life.onDrain("server", () => tell("server drains"));
  life.openDoor();
  life.markStarted();
  const job = life.beginWork("job");

  await clock.advance(10_000);
  const stopped = life.stop();
  tell("stop was called");
  await clock.advance(2_000);
  job.end();
  await stopped;

  assert.deepEqual(story, [
    "0 started: now started",
    "10000 draining: now draining",
    "10000 draining: intake aborts",
    "10000 draining: stop was called",
    "11000 draining: windowOver aborts",
    "11000 draining: consumer drains",
    "11000 draining: server drains",
    "12000 stopping: now stopping",
    "12000 stopping: cache closes",
    "12000 stopping: pool closes",
    "12000 stopping: work aborts",
    "12000 stopped: now stopped",
    "12000 stopped: report",
  ]);
});

describe("the report", () => {
  test("of a clean stop tells all there is to tell", async (t) => {
    const { life, clock, heard } = watchLife(t);
    life.onStop("pool", () => new Promise<void>((resolve) => void clock.after(30, resolve)));
    life.onDrain("consumer", () => new Promise<void>((resolve) => void clock.after(20, resolve)));
    life.openDoor();
    life.markStarted();
    const jobs = ["first", "second"].map((name) => life.beginWork(name));
    life.beginWork("ended before the stop").end();
    const stopped = life.stop({ kind: "os-signal", osSignal: "SIGTERM" });
    await clock.advance(1_010);
    for (const { end } of jobs) end();
    await clock.advance(1_000);
    const report = await stopped;
    assert.deepEqual(report, {
      reason: { kind: "os-signal", osSignal: "SIGTERM" },
      clean: true,
      exitCode: 0,
      durationMs: 1_050,
      steps: { window: 1_000, drain: 20, stop: 30 },
      hooks: [
        { kind: "stop", name: "pool", outcome: "done", durationMs: 30 },
        { kind: "drain", name: "consumer", outcome: "done", durationMs: 20 },
      ],
      finished: 2,
      cut: [],
      openHandles: {},
    });
    assert.deepEqual(heard.report, [{ report }]);
    assert.equal(await life.whenStopped, report);
    assert.deepEqual(heard.hook, [
      { kind: "drain", name: "consumer", outcome: "done", durationMs: 20 },
      { kind: "stop", name: "pool", outcome: "done", durationMs: 30 },
    ]);
    assert.equal(clock.waiting(), 0);
  });

  test("has what a hook had to say, also when it was left behind", async (t) => {
    const { life, clock } = watchLife(t);
    life.onStop("telemetry", ({ note }) => {
      note("2 spans sent, 1 lost");
      return forever;
    });
    const stopped = life.stop();
    await clock.advance(30_000);
    const [record] = (await stopped).hooks;
    assert.deepEqual([record?.outcome, record?.notes], ["abandoned", ["2 spans sent, 1 lost"]]);
  });

  test("is clean when a hook that is not essential failed or was left behind", async (t) => {
    const { life, clock } = watchLife(t);
    life.onStop("hangs", () => forever, { essential: false });
    life.onStop("throws", () => Promise.reject(new Error("down")), { essential: false });
    const stopped = life.stop();
    await clock.advance(30_000);
    const { clean, exitCode, hooks } = await stopped;
    assert.deepEqual([clean, exitCode, hooks.map(({ outcome }) => outcome)], [true, 0, ["abandoned", "failed"]]);
  });

  test("leaves the exit code to the application when the stop is clean", async (t) => {
    t.after(() => (process.exitCode = undefined));
    const { life } = watchLife(t);
    process.exitCode = 3;
    const { exitCode, clean } = await life.stop();
    process.exitCode = undefined;
    assert.deepEqual({ exitCode, clean }, { exitCode: 3, clean: true });
  });

  test("of a stop that was not clean has 1, whatever the application left", async (t) => {
    t.after(() => (process.exitCode = undefined));
    const { life } = watchLife(t);
    life.onStop("pool", () => Promise.reject(new Error("no")));
    process.exitCode = 3;
    const { exitCode, clean } = await life.stop();
    process.exitCode = undefined;
    assert.deepEqual({ exitCode, clean }, { exitCode: 1, clean: false });
  });
});

describe("a stop is one", () => {
  test("every call returns the same promise, and the first reason counts", async (t) => {
    const { life, heard } = watchLife(t);
    const first = life.stop("first");
    assert.equal(life.stop("second"), first);
    assert.equal(life.stop({ kind: "os-signal", osSignal: "SIGTERM" }), first);
    assert.equal(life.whenStopped, first);
    const report = await first;
    assert.equal(life.stop("late"), first);
    assert.deepEqual(report.reason, { kind: "request", by: "first" });
    assert.equal(report.clean, true);
    assert.equal(heard.report.length, 1);
  });

  test("also when it is called again by whoever hears of it", async (t) => {
    const { life, heard } = watchLife(t);
    const inner: Promise<unknown>[] = [];
    life.intake.addEventListener("abort", () => inner.push(life.stop("intake")));
    life.windowOver.addEventListener("abort", () => inner.push(life.stop("window")));
    life.work.addEventListener("abort", () => inner.push(life.stop("work")));
    onEvent(t, life, "phase", () => inner.push(life.stop("phase")));
    onEvent(t, life, "report", () => inner.push(life.stop("report")));
    life.onStop("pool", () => void inner.push(life.stop("hook")));
    const outer = life.stop("outer");
    const report = await outer;
    assert.equal(inner.length, 8);
    assert.ok(inner.every((promise) => promise === outer));
    assert.deepEqual(report.reason, { kind: "request", by: "outer" });
    assert.equal(report.clean, true);
    assert.equal(heard.report.length, 1);
  });

  test("its reason may be anything that a listener or a catch is called with", async (t) => {
    const { life } = watchLife(t);
    await Promise.reject(new Error("lost the lease")).catch(life.stop as (error: unknown) => void);
    assert.deepEqual((await life.whenStopped).reason, { kind: "request", by: "lost the lease" });
  });

  test("without a reason it says so", async (t) => {
    const { life } = watchLife(t);
    assert.deepEqual((await life.stop()).reason, { kind: "request", by: "stop()" });
  });
});

describe("the drain window", () => {
  const osSignal = (name: NodeJS.Signals) => ({ kind: "os-signal", osSignal: name }) as const;

  test("is kept on SIGTERM", async (t) => {
    const { life, clock } = watchLife(t);
    life.openDoor();
    life.markStarted();
    const stopped = life.stop(osSignal("SIGTERM"));
    await clock.advance(999);
    assert.equal(life.windowOver.aborted, false);
    await clock.advance(1);
    assert.equal((await stopped).steps.window, 1_000);
  });

  test("is skipped on SIGINT, for a person waits", async (t) => {
    const { life } = watchLife(t);
    life.openDoor();
    life.markStarted();
    assert.equal((await life.stop(osSignal("SIGINT"))).steps.window, 0);
  });

  test("that is open ends with a first SIGINT on top of a stop by request, and the stop goes on", async (t) => {
    const { life, clock } = watchLife(t);
    life.openDoor();
    life.markStarted();
    const stopped = life.stop("admin");
    await clock.advance(300);
    void life.stop(osSignal("SIGINT"));
    const report = await stopped;
    assert.equal(report.steps.window, 300);
    assert.equal(report.clean, true);
  });

  test("is skipped before the start, for no route leads here yet", async (t) => {
    const { life } = watchLife(t);
    life.openDoor();
    assert.equal((await life.stop(osSignal("SIGTERM"))).steps.window, 0);
  });

  test("is skipped without a door", async (t) => {
    const { life } = watchLife(t);
    life.openDoor()[Symbol.dispose]();
    life.markStarted();
    assert.equal((await life.stop(osSignal("SIGTERM"))).steps.window, 0);
  });

  test("grows with arrivals", async (t) => {
    const { life, clock } = watchLife(t);
    const door = life.openDoor();
    life.markStarted();
    const stopped = life.stop(osSignal("SIGTERM"));
    await clock.advance(800);
    door.arrived();
    await clock.advance(10_000);
    assert.equal((await stopped).steps.window, 1_800);
  });

  test("is not over before work in flight may be asked to end", async (t) => {
    const { life, clock } = watchLife(t);
    life.openDoor();
    life.markStarted();
    let drained = false;
    life.onDrain("consumer", () => void (drained = true));
    void life.stop();
    await clock.advance(999);
    assert.equal(drained, false);
    await clock.advance(1);
    assert.equal(drained, true);
  });
});

test("more than ten hooks, latches and works cause no warning", async (t) => {
  const warnings: Error[] = [];
  const onWarning = (warning: Error): void => void warnings.push(warning);
  process.on("warning", onWarning);
  t.after(() => process.off("warning", onWarning));
  const { life } = watchLife(t);
  for (let count = 0; count < 40; count += 1) {
    life.onDrain(`drain ${count}`, () => new Promise((resolve) => void setImmediate(resolve)));
    life.onStop(`stop ${count}`, () => {});
    life.startup(`task ${count}`, forever);
    life.intake.addEventListener("abort", () => {});
    life.work.addEventListener("abort", () => {});
  }
  const report = await life.stop();
  await new Promise((resolve) => void setImmediate(resolve));
  assert.equal(report.hooks.length, 80);
  assert.equal(report.clean, true);
  assert.deepEqual(warnings, []);
});
