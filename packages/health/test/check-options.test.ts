import assert from "node:assert/strict";
import { test } from "node:test";
import {
  type CheckOptions,
  type PushCheckOptions,
  checkDefaults,
  resolveCheckOptions,
  resolveStateOptions,
} from "../src/check-options.ts";
import { assertRefused } from "./refused.ts";

test("a check without options gates readiness and runs every five seconds for at most one", () => {
  assert.deepEqual(resolveCheckOptions("db"), {
    gates: ["readiness"],
    intervalMs: 5_000,
    timeoutMs: 1_000,
    failAfter: 1,
    passAfter: 1,
    staleAfterMs: 16_000,
    livenessGraceMs: 0,
    jitter: 0.1,
  });
});

test("the defaults that are told are the ones in force", () => {
  const { staleAfterMs, failureRestartsContainer, gates, ...told } = checkDefaults;
  const { staleAfterMs: stale, gates: resolvedGates, ...inForce } = resolveCheckOptions("db");
  assert.deepEqual(inForce, told);
  assert.deepEqual(resolvedGates, [gates]);
  assert.equal(staleAfterMs ?? failureRestartsContainer, undefined);
  assert.equal(stale, 3 * told.intervalMs + told.timeoutMs);
});

test("a result is stale after three intervals and a time-out, unless told otherwise", () => {
  assert.equal(resolveCheckOptions("db", { intervalMs: 100, timeoutMs: 30 }).staleAfterMs, 330);
  assert.equal(resolveCheckOptions("db", { intervalMs: 100, staleAfterMs: 1_000 }).staleAfterMs, 1_000);
});

test("results that are pushed do not age, unless told otherwise", () => {
  assert.equal(resolveStateOptions("db").staleAfterMs, Infinity);
  assert.equal(resolveStateOptions("db", { staleAfterMs: 50 }).staleAfterMs, 50);
});

test("the least of every option is enough", () => {
  const least = { intervalMs: 1, timeoutMs: 1, staleAfterMs: 1, failAfter: 1, passAfter: 1, jitter: 0 };
  assert.deepEqual(resolveCheckOptions("db", least), { ...least, gates: ["readiness"], livenessGraceMs: 0 });
});

test("an option that is undefined is left out", () => {
  const nothing = Object.fromEntries(Object.keys(checkDefaults).map((name) => [name, undefined]));
  assert.deepEqual(resolveCheckOptions("db", nothing as CheckOptions), resolveCheckOptions("db"));
  assert.deepEqual(resolveStateOptions("db", nothing as PushCheckOptions), resolveStateOptions("db"));
});

const wrong: Readonly<Record<string, readonly unknown[]>> = {
  intervalMs: [0, -1, NaN, Infinity, "5s"],
  timeoutMs: [0, -1, NaN, Infinity, "1s"],
  staleAfterMs: [0, -1, NaN, Infinity, "1s", null],
  failAfter: [0, -1, 1.5, NaN, Infinity, "3", null],
  passAfter: [0, -1, 1.5, NaN, Infinity, "3", null],
  jitter: [-0.1, 1, 2, NaN, "0.1"],
  livenessGraceMs: [-1, NaN, Infinity, "1s"],
};

for (const [option, values] of Object.entries(wrong)) {
  for (const value of values) {
    test(`the option ${option} cannot be ${typeof value} ${String(value)}`, () => {
      const options = { [option]: value } as CheckOptions;
      assertRefused(() => resolveCheckOptions("db", options), "ERR_SEAWORTHY_OPTION", `\`${option}\``);
    });
  }
}

test("liveness without failureRestartsContainer is an error of types, and of the run", () => {
  const refused = (resolve: () => unknown): void => assertRefused(resolve, "ERR_SEAWORTHY_LIVENESS_GATE", '"db"');
  // @ts-expect-error -- what failing liveness costs has to be said
  refused(() => resolveCheckOptions("db", { gates: "liveness" }));
  // @ts-expect-error -- in a list as well
  refused(() => resolveCheckOptions("db", { gates: ["readiness", "liveness"] }));
  // @ts-expect-error -- saying no is not saying yes
  refused(() => resolveCheckOptions("db", { gates: "liveness", failureRestartsContainer: false }));
  // @ts-expect-error -- for results that are pushed as well
  refused(() => resolveStateOptions("db", { gates: "liveness" }));
});

test("liveness with failureRestartsContainer is a gate like others", () => {
  const { gates, livenessGraceMs } = resolveCheckOptions("db", {
    gates: ["liveness", "readiness"],
    failureRestartsContainer: true,
    livenessGraceMs: 60_000,
  });
  assert.deepEqual(gates, ["liveness", "readiness"]);
  assert.equal(livenessGraceMs, 60_000);
});
