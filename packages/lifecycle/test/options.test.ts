import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { createManualClock } from "@seaworthy/lifecycle/testing";
import { systemClock } from "../src/clock.ts";
import { createLifecycle } from "../src/lifecycle.ts";
import { flag, lifecycleDefaults, resolveLifecycleOptions } from "../src/options.ts";

test("every option may be left out", () => {
  const { clock, ...resolved } = resolveLifecycleOptions();
  assert.deepEqual(resolved, lifecycleDefaults);
  assert.equal(clock, systemClock);
  assert.deepEqual(resolveLifecycleOptions({ drainWindow: {} }), resolveLifecycleOptions({}));
});

test("the defaults shrink in proportion to a shorter grace period, and do not grow with a longer one", () => {
  const { clock: _, ...short } = resolveLifecycleOptions({ gracePeriodMs: 3_000 });
  assert.deepEqual(short, {
    gracePeriodMs: 3_000,
    exitReserveMs: 100,
    stopTailMs: 500,
    fatalBudgetMs: 500,
    drainWindow: { minMs: 100, maxMs: 1_500, quietMs: 100 },
    preStop: { stopWithinMs: 3_000, withoutStop: "return" },
  });
  const { clock: __, ...long } = resolveLifecycleOptions({ gracePeriodMs: 300_000 });
  const preStop = { stopWithinMs: 300_000, withoutStop: "return" };
  assert.deepEqual(long, { ...lifecycleDefaults, gracePeriodMs: 300_000, preStop });
});

test("any grace period has defaults that fit into it", () => {
  for (let gracePeriodMs = 1; gracePeriodMs < 40_000; gracePeriodMs += 37) resolveLifecycleOptions({ gracePeriodMs });
});

test("a drain window shorter than the default minimum needs no minimum of its own", () => {
  assert.deepEqual(resolveLifecycleOptions({ drainWindow: { maxMs: 0 } }).drainWindow, {
    minMs: 0,
    maxMs: 0,
    quietMs: 1_000,
  });
});

test("the clock is the one that was given", () => {
  const clock = createManualClock();
  assert.equal(resolveLifecycleOptions({ clock }).clock, clock);
});

describe("an option that makes no sense is refused by its name, with what came and the default", () => {
  const durations: Readonly<Record<string, (value: unknown) => object>> = {
    gracePeriodMs: (value) => ({ gracePeriodMs: value }),
    exitReserveMs: (value) => ({ exitReserveMs: value }),
    stopTailMs: (value) => ({ stopTailMs: value }),
    fatalBudgetMs: (value) => ({ fatalBudgetMs: value }),
    "drainWindow.minMs": (value) => ({ drainWindow: { minMs: value } }),
    "drainWindow.maxMs": (value) => ({ drainWindow: { maxMs: value } }),
    "drainWindow.quietMs": (value) => ({ drainWindow: { quietMs: value } }),
    "preStop.stopWithinMs": (value) => ({ preStop: { stopWithinMs: value } }),
  };
  const wrong: readonly (readonly [value: unknown, got: string])[] = [
    [-1, "-1 (number)"],
    [Number.NaN, "NaN (number)"],
    [Infinity, "Infinity (number)"],
    ["30s", '"30s" (string)'],
    [null, "null"],
    [{}, "an object (Object)"],
    [30n, "30 (bigint)"],
  ];
  for (const [name, options] of Object.entries(durations)) {
    for (const [value, got] of wrong) {
      test(`${name}: ${got}`, () => {
        assert.throws(
          () => createLifecycle(options(value)),
          (error: Error & { code?: string }) => {
            assert.equal(error.code, "ERR_SEAWORTHY_OPTION");
            assert.ok(error.message.startsWith(`Expected the \`${name}\` option to be a number of milliseconds`));
            assert.ok(error.message.includes(`got ${got}. Leave it out for the default, `), error.message);
            return true;
          },
        );
      });
    }
  }

  for (const name of ["gracePeriodMs", "fatalBudgetMs"] as const) {
    test(`${name}: nothing at all`, () => {
      assert.throws(() => createLifecycle({ [name]: 0 }), { code: "ERR_SEAWORTHY_OPTION", message: /at least 1/ });
    });
  }
  for (const name of ["drainWindow", "preStop", "clock"] as const) {
    for (const value of [null, 5, "long", true]) {
      test(`${name}: ${String(value)}`, () => {
        assert.throws(() => createLifecycle({ [name]: value }), {
          code: "ERR_SEAWORTHY_OPTION",
          message: new RegExp(`the \`${name}\` option to be an object, got ${JSON.stringify(value)}`),
        });
      });
    }
  }
});

describe("parts that are longer than the whole are refused, each number by its name", () => {
  test("the window, the stop tail and the exit reserve against the grace period", () => {
    assert.throws(
      () =>
        createLifecycle({ gracePeriodMs: 10_000, drainWindow: { maxMs: 9_000 }, stopTailMs: 800, exitReserveMs: 300 }),
      {
        code: "ERR_SEAWORTHY_BUDGET",
        message:
          "Expected drainWindow.maxMs + stopTailMs + exitReserveMs to fit in gracePeriodMs, 10000, " +
          "got 9000 + 800 + 300 = 10100. Shorten one of the three, or lengthen the pod's terminationGracePeriodSeconds " +
          "and tell us by gracePeriodMs (environment: SEAWORTHY_GRACE_PERIOD_SECONDS).",
      },
    );
  });

  test("they may fill it to the last millisecond", () => {
    createLifecycle({ gracePeriodMs: 10_000, drainWindow: { maxMs: 9_000 }, stopTailMs: 800, exitReserveMs: 200 });
  });

  test("the window's minimum against its maximum", () => {
    assert.throws(() => createLifecycle({ drainWindow: { minMs: 3_000, maxMs: 2_000 } }), {
      code: "ERR_SEAWORTHY_BUDGET",
      message: /drainWindow\.minMs to be at most drainWindow\.maxMs, 2000, got 3000/,
    });
  });

  test("the fatal budget against the grace period", () => {
    assert.throws(() => createLifecycle({ gracePeriodMs: 4_000, fatalBudgetMs: 6_000 }), {
      code: "ERR_SEAWORTHY_BUDGET",
      message: /fatalBudgetMs to be at most gracePeriodMs, 4000, got 6000/,
    });
  });
});

test("a flag is true or false", () => {
  assert.equal(flag("fatalErrors", undefined, true), true);
  assert.equal(flag("fatalErrors", false, true), false);
  for (const value of ["false", 0, null, {}]) {
    assert.throws(() => flag("fatalErrors", value, true), {
      code: "ERR_SEAWORTHY_OPTION",
      message: /the `fatalErrors` option to be true or false, got/,
    });
  }
});
