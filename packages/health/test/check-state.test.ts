import assert from "node:assert/strict";
import { test } from "node:test";
import { type ManualClock, createManualClock } from "@seaworthy/lifecycle/testing";
import { type PushCheckOptions, resolveStateOptions } from "../src/check-options.ts";
import { type CheckState, createCheckState } from "../src/check-state.ts";

function createState(options: PushCheckOptions = {}): { readonly state: CheckState; readonly clock: ManualClock } {
  const clock = createManualClock();
  return { state: createCheckState("db", resolveStateOptions("db", options), clock), clock };
}

/** The status after each result: `F` fails, `P` passes. */
function statusesAfter(results: string, options?: PushCheckOptions): string {
  const { state } = createState(options);
  return results
    .split(" ")
    .map((result) => state.observe(result === "P" ? { result: "pass" } : { result: "fail", error: new Error("no") }).to)
    .join(" ");
}

test("a check is unknown until its first result", () => {
  const { state } = createState();
  assert.deepEqual(state.snapshot(), {
    name: "db",
    gates: ["readiness"],
    status: "unknown",
    everPassed: false,
    stale: false,
    inLivenessGrace: false,
  });
});

test("a result changes the status at once unless told otherwise", () => {
  assert.equal(statusesAfter("P F P"), "pass fail pass");
});

test("only failures in a row fail a check", () => {
  assert.equal(statusesAfter("P F F P F F F", { failAfter: 3 }), "pass pass pass pass pass pass fail");
});

test("a check that never passed is unknown until it has failed often enough", () => {
  assert.equal(statusesAfter("F F F", { failAfter: 3 }), "unknown unknown fail");
});

test("one pass is enough for a check that has not failed yet", () => {
  assert.equal(statusesAfter("P", { passAfter: 2 }), "pass");
  assert.equal(statusesAfter("F P", { failAfter: 2, passAfter: 2 }), "unknown pass");
});

test("only passes in a row let a failing check pass again", () => {
  assert.equal(
    statusesAfter("F F P F F F P F P P", { failAfter: 3, passAfter: 2 }),
    "unknown unknown pass pass pass fail fail fail fail pass",
  );
});

test("an observation says the statuses before and after", () => {
  const { state } = createState();
  assert.deepEqual(state.observe({ result: "pass" }), { from: "unknown", to: "pass" });
  assert.deepEqual(state.observe({ result: "pass" }), { from: "pass", to: "pass" });
  assert.deepEqual(state.observe({ result: "fail", error: "no" }), { from: "pass", to: "fail" });
});

test("having passed once is never forgotten", () => {
  const { state } = createState();
  const everPassedAfter = (result: "pass" | "fail"): boolean => {
    state.observe(result === "pass" ? { result } : { result, error: new Error("no") });
    return state.snapshot().everPassed;
  };
  assert.deepEqual((["fail", "pass", "fail"] as const).map(everPassedAfter), [false, true, true]);
});

test("a result is stale once it is older than it may be, and fresh again after the next", async () => {
  const { state, clock } = createState({ staleAfterMs: 100 });
  await clock.advance(1_000);
  assert.equal(state.snapshot().stale, false, "nothing cannot be old");
  state.observe({ result: "pass" });
  await clock.advance(100);
  assert.equal(state.snapshot().stale, false);
  await clock.advance(1);
  assert.equal(state.snapshot().stale, true);
  state.observe({ result: "pass" });
  assert.equal(state.snapshot().stale, false);
});

test("the liveness grace period runs from the registration", async () => {
  const clock = createManualClock();
  await clock.advance(5_000);
  const options = resolveStateOptions("db", {
    gates: "liveness",
    failureRestartsContainer: true,
    livenessGraceMs: 1_000,
  });
  const state = createCheckState("db", options, clock);
  await clock.advance(999);
  assert.equal(state.snapshot().inLivenessGrace, true);
  await clock.advance(1);
  assert.equal(state.snapshot().inLivenessGrace, false);
});

test("the reason is what was thrown, on one line, and goes with the failure", () => {
  const { state } = createState({ passAfter: 2 });
  state.observe({ result: "fail", error: new Error("refused\nat line 3") });
  assert.equal(state.snapshot().reason, "refused at line 3");
  state.observe({ result: "fail", error: new Error("timed out") });
  assert.equal(state.snapshot().reason, "timed out");
  state.observe({ result: "pass" });
  assert.equal(state.snapshot().status, "fail");
  assert.equal(state.snapshot().reason, "timed out", "it still fails, and for that reason");
  state.observe({ result: "pass" });
  assert.equal("reason" in state.snapshot(), false);
});

test("a reason is kept below the threshold, where the check still passes", () => {
  const { state } = createState({ failAfter: 2 });
  state.observe({ result: "pass" });
  state.observe({ result: "fail", error: new Error("refused") });
  assert.equal(state.snapshot().status, "pass");
  assert.equal(state.snapshot().reason, "refused");
});

const thrown: readonly unknown[] = [
  "a text",
  undefined,
  null,
  42,
  Symbol("no"),
  Object.create(null),
  new (class Nameless extends Error {})(),
  Object.assign(new Error("no"), { message: { code: 7 } }),
  Object.defineProperty(new Error("no"), "message", {
    get() {
      throw new Error("not even this");
    },
  }),
  {
    toString() {
      throw new Error("nor this");
    },
  },
];

for (const [index, error] of thrown.entries()) {
  test(`whatever is thrown has a reason in text (${index + 1})`, () => {
    const { state } = createState();
    state.observe({ result: "fail", error });
    assert.equal(typeof state.snapshot().reason, "string");
  });
}

test("a snapshot says when the last result came and how long it took", () => {
  const { state } = createState();
  const before = Date.now();
  state.observe({ result: "pass", durationMs: 12 });
  const { observedAt, durationMs } = state.snapshot();
  assert.ok(observedAt !== undefined && observedAt >= before && observedAt <= Date.now());
  assert.equal(durationMs, 12);
});
