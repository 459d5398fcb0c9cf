import assert from "node:assert/strict";
import { type TestContext, describe, test } from "node:test";
import type { LifecycleOptions } from "../src/options.ts";
import { hang, watchLife } from "./watched-life.ts";

const sigterm = { kind: "os-signal", osSignal: "SIGTERM" } as const;

/** A started life with an open door, and how often its window was found to be over. */
function serving(t: TestContext, options?: LifecycleOptions) {
  const watched = watchLife(t, options);
  const door = watched.life.openDoor();
  watched.life.markStarted();
  let over = 0;
  const preStop = (): void => void watched.life.preStop().then(() => (over += 1));
  return { ...watched, door, preStop, over: () => over };
}

describe("preStop", () => {
  test("opens the drain window and resolves when it is over", async (t) => {
    const { life, clock, preStop, over } = serving(t);
    preStop();
    assert.equal(life.leaving, true);
    await clock.advance(999);
    assert.equal(over(), 0);
    await clock.advance(1);
    assert.equal(over(), 1);
  });

  test("is extended by new arrivals, to the longest window", async (t) => {
    const { clock, door, preStop, over } = serving(t);
    preStop();
    for (let ms = 0; ms < 14_500; ms += 500) {
      door.arrived();
      await clock.advance(500);
    }
    assert.equal(over(), 0);
    door.arrived();
    await clock.advance(500);
    assert.equal(over(), 1);
  });

  test("leaves phase, intake and work alone", async (t) => {
    const { life, clock, preStop } = serving(t);
    preStop();
    await clock.advance(5_000);
    assert.equal(life.phase, "started");
    assert.equal(life.intake.aborted || life.windowOver.aborted || life.work.aborted, false);
  });

  test("called twice opens one window", async (t) => {
    const { life, clock, preStop, over } = serving(t);
    let times = 0;
    life.onLeave(() => (times += 1));
    preStop();
    await clock.advance(600);
    preStop();
    await clock.advance(400);
    assert.equal(over(), 2);
    preStop();
    await clock.advance(0);
    assert.equal(over(), 3);
    assert.equal(times, 1);
  });

  test("is over at once without a door, and before the start", async (t) => {
    const { life, clock } = watchLife(t);
    await life.preStop();
    assert.equal(life.leaving, false);
    life.markStarted();
    await life.preStop();
    assert.equal(clock.now(), 0);
    assert.equal(life.leaving, true);
  });

  test("waits for the window of a stop that came first", async (t) => {
    const { life, clock, preStop, over } = serving(t);
    void life.stop(sigterm);
    preStop();
    await clock.advance(999);
    assert.equal(over(), 0);
    await clock.advance(1);
    assert.equal(over(), 1);
    await life.whenStopped;
  });
});

describe("a stop after preStop", () => {
  test("by SIGTERM has no window of its own, and its report names prestop", async (t) => {
    const { life, clock, preStop } = serving(t);
    preStop();
    await clock.advance(1_200);
    const report = await life.stop(sigterm);
    assert.deepEqual(report.reason, { kind: "prestop", osSignal: "SIGTERM" });
    assert.equal(report.steps.window, 0);
    assert.equal(report.clean, true);
  });

  test("by a SIGTERM that comes as late as a busy node's kubelet builds on it still", async (t) => {
    const { life, clock, preStop } = serving(t);
    preStop();
    await clock.advance(6_000);
    assert.equal((await life.stop(sigterm)).steps.window, 0);
  });

  test("by a SIGTERM that is not the hook's has a window of its own, within what is left of the grace period", async (t) => {
    const { life, clock, preStop } = serving(t);
    preStop();
    await clock.advance(6_001);
    const stopped = life.stop(sigterm);
    await clock.advance(1_000);
    const report = await stopped;
    assert.deepEqual(report.reason, sigterm);
    // In proportion to what is left of the grace period, if it was the kubelet's hook after all.
    assert.ok(
      Math.abs(report.steps.window - (1_000 * 22_999) / 29_000) < 1,
      `the window took ${report.steps.window} ms`,
    );
  });

  test("in the middle of the window waits for the rest of it", async (t) => {
    const { life, clock, preStop, over } = serving(t);
    preStop();
    await clock.advance(600);
    const stopped = life.stop(sigterm);
    await clock.advance(400);
    const report = await stopped;
    assert.equal(report.steps.window, 400);
    assert.equal(over(), 1);
  });

  test("by SIGINT waits for nothing, and lets go of whoever waits for the window", async (t) => {
    const { life, clock, preStop, over } = serving(t);
    preStop();
    await clock.advance(100);
    const report = await life.stop({ kind: "os-signal", osSignal: "SIGINT" });
    assert.deepEqual(report.reason, { kind: "os-signal", osSignal: "SIGINT" });
    assert.equal(report.durationMs, 0);
    await clock.advance(0);
    assert.equal(over(), 1);
  });

  test("keeps its reason when it was asked for otherwise", async (t) => {
    const { life, clock, preStop } = serving(t);
    preStop();
    await clock.advance(1_000);
    const report = await life.stop("an operator");
    assert.deepEqual(report.reason, { kind: "request", by: "an operator" });
    assert.equal(report.steps.window, 0);
  });

  test("has the grace period less what the window took", async (t) => {
    const { life, clock, preStop } = serving(t);
    life.onStop("hangs", hang);
    preStop();
    await clock.advance(10_000);
    const stopped = life.stop(sigterm);
    await clock.advance(19_000);
    assert.equal((await stopped).durationMs, 19_000);
  });

  test("has the two seconds that the kubelet leaves at least", async (t) => {
    const { life, clock, preStop } = serving(t, { preStop: { stopWithinMs: 60_000 } });
    life.onStop("hangs", hang);
    preStop();
    await clock.advance(45_000);
    const stopped = life.stop(sigterm);
    await clock.advance(1_000);
    assert.equal((await stopped).durationMs, 1_000);
  });
});

describe("a fatal error in a preStop window", () => {
  test("narrows the window to the proportions of its own budget", async (t) => {
    const { life, clock, door, preStop } = serving(t);
    preStop();
    const stopped = life.stop({ kind: "fatal", error: new Error("boom"), origin: "uncaughtException" });
    for (let ms = 0; ms < 3_000; ms += 100) {
      door.arrived();
      await clock.advance(100);
    }
    const { steps } = await stopped;
    assert.ok(Math.abs(steps.window - (15_000 * 5) / 29) < 1, `the window took ${steps.window} ms`);
  });
});

describe("a preStop hook that comes when the window is over", () => {
  test("counts anew: a stranger's call before it takes nothing of the grace period", async (t) => {
    const { life, clock, preStop, over } = serving(t);
    life.onStop("hangs", hang);
    preStop();
    await clock.advance(6_000);
    preStop();
    await clock.advance(0);
    assert.equal(over(), 2);
    await clock.advance(29_500);
    assert.equal(life.leaving, true);
    const stopped = life.stop(sigterm);
    await clock.advance(1_000);
    assert.equal((await stopped).durationMs, 1_000);
  });

  test("and long over opens one of its own: routes may lead here still", async (t) => {
    const { life, clock, heard, preStop, over } = serving(t);
    preStop();
    await clock.advance(25_000);
    preStop();
    await clock.advance(999);
    assert.equal(over(), 1);
    await clock.advance(1);
    assert.equal(over(), 2);
    assert.equal(heard.notice.length, 2);
    await clock.advance(29_999);
    assert.equal(life.leaving, true, "called off by the first one's timer");
    await clock.advance(1);
    assert.equal(life.leaving, false);
  });
});

describe("a preStop window that no stop follows", () => {
  test("is called off after the grace period: the service returns, and says so", async (t) => {
    const { life, clock, heard, preStop } = serving(t);
    preStop();
    await clock.advance(30_999);
    assert.equal(life.leaving, true);
    await clock.advance(1);
    assert.equal(life.leaving, false);
    assert.deepEqual(
      heard.notice.map(({ code }) => code),
      ["prestop", "prestop-unanswered"],
    );
    assert.match(heard.notice[1]?.message ?? "", /within 30 s .+ takes traffic again/);
  });

  test("can be followed by another one, and by a stop with a window and a grace period of its own", async (t) => {
    const { life, clock, preStop, over } = serving(t);
    preStop();
    await clock.advance(31_000);
    preStop();
    assert.equal(life.leaving, true);
    await clock.advance(31_000);
    assert.equal(over(), 2);
    const stopped = life.stop(sigterm);
    await clock.advance(1_000);
    const report = await stopped;
    assert.deepEqual(report.reason, sigterm);
    assert.equal(report.steps.window, 1_000);
  });

  test("stays open by option; a stop has a window of its own then and the whole grace period", async (t) => {
    const { life, clock, heard, preStop } = serving(t, { preStop: { stopWithinMs: 5_000, withoutStop: "stay" } });
    life.onStop("hangs", hang);
    preStop();
    await clock.advance(600_000);
    assert.equal(life.leaving, true);
    assert.match(heard.notice[1]?.message ?? "", /within 5 s .+ goes on leaving/);
    const stopped = life.stop(sigterm);
    await clock.advance(29_000);
    const report = await stopped;
    assert.equal(report.steps.window, 1_000);
    assert.equal(report.durationMs, 29_000);
  });

  test("leaves no timer behind when a stop follows", async (t) => {
    const { life, clock, preStop } = serving(t);
    preStop();
    await clock.advance(1_000);
    await life.stop(sigterm);
    await clock.advance(0);
    assert.equal(clock.waiting(), 0);
  });
});

describe("onChange", () => {
  test("hears of phase, leaving, drain window and startup tasks, until disposed", async (t) => {
    const { life, clock, preStop } = serving(t);
    const heard: string[] = [];
    const listening = life.onChange(() => {
      heard.push(`${life.phase} ${life.leaving} ${life.windowOver.aborted} ${life.startupPending.length}`);
    });
    const { promise, resolve } = Promise.withResolvers<void>();
    life.startup("late", promise);
    resolve();
    await clock.advance(0);
    preStop();
    await clock.advance(31_000);
    await Promise.all([life.stop(), clock.advance(1_000)]);
    assert.deepEqual(heard, [
      "started false false 1",
      "started false false 0",
      "started true false 0",
      "started false false 0",
      "started true false 0",
      "draining true false 0",
      "draining true true 0",
      "stopping true true 0",
      "stopped true true 0",
    ]);
    listening[Symbol.dispose]();
    heard.length = 0;
    life.startup("too late to matter", promise);
    assert.deepEqual(heard, []);
  });
});
