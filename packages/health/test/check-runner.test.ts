import assert from "node:assert/strict";
import { test } from "node:test";
import type { Clock } from "@seaworthy/lifecycle";
import { type ManualClock, createManualClock } from "@seaworthy/lifecycle/testing";
import { type CheckOptions, resolveCheckOptions } from "../src/check-options.ts";
import { startCheck } from "../src/check-runner.ts";
import type { Observation } from "../src/check-state.ts";
import type { Check } from "../src/check.ts";
import { everySecond, promised } from "./life.ts";

interface Run {
  readonly clock: ManualClock;
  /** Every result, and when it came. */
  readonly results: readonly (Observation & { readonly at: number })[];
  readonly runner: Disposable;
}

function start(check: Check, options: CheckOptions = everySecond): Run {
  const clock = createManualClock();
  const results: (Observation & { at: number })[] = [];
  const observe = (observation: Observation): void => void results.push({ ...observation, at: clock.now() });
  return { clock, results, runner: startCheck("db", check, resolveCheckOptions("db", options), clock, observe) };
}

const summary = ({ results }: Run): readonly string[] => results.map(({ result, at }) => `${result} at ${at}`);

const reasonAt = ({ results }: Run, index: number): unknown => {
  const result = results[index];
  return result?.result === "fail" ? result.error : undefined;
};

test("a check runs at once and then on its interval", async () => {
  const run = start(() => {});
  await run.clock.advance(2_999);
  assert.deepEqual(summary(run), ["pass at 0", "pass at 1000", "pass at 2000"]);
});

test("a check passes by returning, whatever the value", async () => {
  for (const value of [false, 0, null, undefined, "down", new Error("returned"), Promise.resolve(false)]) {
    const run = start(() => value);
    await run.clock.advance(0);
    assert.deepEqual(summary(run), ["pass at 0"]);
  }
});

test("a check fails by throwing or rejecting, with what it threw", async () => {
  const error = new Error("refused");
  const thrown = start(() => {
    throw error;
  });
  const rejected = start(() => Promise.reject(error));
  for (const run of [thrown, rejected]) {
    await run.clock.advance(0);
    assert.deepEqual(summary(run), ["fail at 0"]);
    assert.equal(reasonAt(run, 0), error);
  }
});

test("the interval is from start to start, however long a run takes", async () => {
  const starts: number[] = [];
  const run = start(
    async () => {
      starts.push(run.clock.now());
      const { promise, resolve } = promised();
      run.clock.after(300, resolve);
      await promise;
    },
    { ...everySecond, timeoutMs: 500 },
  );
  await run.clock.advance(2_500);
  assert.deepEqual(starts, [0, 1_000, 2_000]);
  assert.deepEqual(
    run.results.map(({ durationMs }) => durationMs),
    [300, 300, 300],
  );
});

test("a run longer than the interval is followed at once by the next", async () => {
  const starts: number[] = [];
  const run = start(
    async () => {
      starts.push(run.clock.now());
      const { promise, resolve } = promised();
      run.clock.after(1_500, resolve);
      await promise;
    },
    { ...everySecond, timeoutMs: 2_000 },
  );
  await run.clock.advance(3_100);
  assert.deepEqual(starts, [0, 1_500, 3_000]);
});

test("a check gets its name and a signal that has not aborted", async () => {
  let got: readonly unknown[] = [];
  const run = start(({ name, signal }) => (got = [name, signal.aborted]));
  await run.clock.advance(0);
  assert.deepEqual(got, ["db", false]);
});

test("each run has a signal of its own, and one that ended in time is never aborted by the clock", async () => {
  const signals: AbortSignal[] = [];
  const run = start(({ signal }) => void signals.push(signal));
  await run.clock.advance(2_500);
  assert.equal(new Set(signals).size, 3);
  assert.ok(signals.every(({ aborted }) => !aborted));
});

test("a run over its time-out fails then, its signal aborts, and the reason says timeout", async () => {
  const signals: AbortSignal[] = [];
  const run = start(({ signal }) => {
    signals.push(signal);
    return promised().promise;
  });
  await run.clock.advance(99);
  assert.deepEqual(summary(run), []);
  assert.equal(signals[0]?.aborted, false);
  await run.clock.advance(1);
  assert.deepEqual(summary(run), ["fail at 100"]);
  assert.match(String(reasonAt(run, 0)), /100 ms \(timeout\)/);
  assert.equal(signals[0]?.aborted, true);
  assert.equal(signals[0].reason, reasonAt(run, 0));
});

test("a check that hangs never overlaps itself, and fails once more with each interval", async () => {
  let runs = 0;
  const { promise, resolve } = promised();
  const run = start(() => {
    runs += 1;
    return runs === 1 ? promise : undefined;
  });
  await run.clock.advance(2_500);
  assert.equal(runs, 1);
  assert.deepEqual(summary(run), ["fail at 100", "fail at 1100", "fail at 2100"]);
  resolve();
  await run.clock.advance(0);
  assert.equal(runs, 2);
  assert.deepEqual(summary(run).at(-1), "pass at 2500");
  await run.clock.advance(1_000);
  assert.deepEqual(summary(run).slice(3), ["pass at 2500", "pass at 3500"]);
});

test("a result that comes after the time-out is no result", async () => {
  const hanging = promised();
  let runs = 0;
  const run = start(() => {
    runs += 1;
    return runs === 1 ? hanging.promise : undefined;
  });
  await run.clock.advance(200);
  hanging.resolve();
  await run.clock.advance(799);
  assert.deepEqual(summary(run), ["fail at 100"]);
  await run.clock.advance(1);
  assert.deepEqual(summary(run), ["fail at 100", "pass at 1000"]);
});

test("a rejection that comes after the time-out is nobody's", async () => {
  const hanging = promised();
  const run = start(() => hanging.promise);
  await run.clock.advance(100);
  hanging.reject(new Error("late"));
  await run.clock.advance(0);
  assert.deepEqual(summary(run), ["fail at 100"]);
});

for (const [random, at] of [
  [0, 900],
  [0.5, 1_000],
  [0.999_999, 1_100],
] as const) {
  test(`an interval strays by a tenth at most (${at} ms of 1000)`, async (t) => {
    t.mock.method(Math, "random", () => random);
    const run = start(() => {}, { intervalMs: 1_000, timeoutMs: 100 });
    await run.clock.advance(at - 1);
    assert.equal(run.results.length, 1);
    await run.clock.advance(1);
    assert.equal(run.results.length, 2);
  });
}

test("a check that is disposed of does not run again and leaves no timer", async () => {
  for (const after of [0, 50, 500, 1_000]) {
    const run = start(() => {});
    await run.clock.advance(after);
    const { length } = run.results;
    run.runner[Symbol.dispose]();
    await run.clock.advance(10_000);
    assert.equal(run.results.length, length);
    assert.equal(run.clock.waiting(), 0);
  }
});

test("a check that is disposed of before its first run never runs", async () => {
  const run = start(() => {});
  run.runner[Symbol.dispose]();
  await run.clock.advance(10_000);
  assert.deepEqual(summary(run), []);
});

test("disposing aborts the run under way, whose result is no result, and leaves no timer", async () => {
  for (const after of [50, 150, 1_150]) {
    const hanging = promised();
    const signals: AbortSignal[] = [];
    const run = start(({ signal }) => {
      signals.push(signal);
      return hanging.promise;
    });
    await run.clock.advance(after);
    const { length } = run.results;
    run.runner[Symbol.dispose]();
    assert.equal(signals.at(-1)?.aborted, true);
    await run.clock.advance(0);
    assert.equal(run.clock.waiting(), 0);
    hanging.resolve();
    await run.clock.advance(10_000);
    assert.equal(run.results.length, length);
    assert.equal(signals.length, 1, "it does not run again");
    assert.equal(run.clock.waiting(), 0);
  }
});

test("a run that is disposed of says so in the reason of its signal", async () => {
  let signal: AbortSignal | undefined;
  const run = start((context) => {
    signal = context.signal;
    return promised().promise;
  });
  await run.clock.advance(0);
  run.runner[Symbol.dispose]();
  assert.match(String(signal?.reason), /^AbortError: .*"db"/);
});

test("what a check holds is disposed of once", async () => {
  let disposals = 0;
  const run = start(Object.assign(() => {}, { [Symbol.dispose]: () => void (disposals += 1) }));
  await run.clock.advance(1_500);
  assert.equal(disposals, 0);
  run.runner[Symbol.dispose]();
  run.runner[Symbol.dispose]();
  assert.equal(disposals, 1);
});

test("a check does not hold the process open", async () => {
  const manual = createManualClock();
  const refs: (boolean | undefined)[] = [];
  const clock: Clock = {
    ...manual,
    after(delayMs, callback, options) {
      refs.push(options?.ref);
      return manual.after(delayMs, callback);
    },
  };
  startCheck(
    "db",
    () => promised().promise,
    resolveCheckOptions("db", everySecond),
    clock,
    () => {},
  );
  await manual.advance(2_500);
  assert.ok(refs.length > 3);
  assert.ok(refs.every((ref) => !ref));
});
