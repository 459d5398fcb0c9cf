import assert from "node:assert/strict";
import { test } from "node:test";
import type { ProbeEntry } from "../../src/probe-result.ts";
import { longestReason } from "../../src/report/options.ts";
import { visibleReason } from "../../src/report/reason.ts";

const entry = (told: Partial<ProbeEntry>): ProbeEntry => ({ name: "db", result: "fail", source: "check", ...told });

test("the reason of a check is withheld unless it may be shown", () => {
  const refused = entry({ reason: "refused" });
  assert.equal(visibleReason(refused, {}), undefined);
  assert.equal(visibleReason(refused, { showReasons: false }), undefined);
  assert.equal(visibleReason(refused, { showReasons: true }), "refused");
});

test("the phase and startup tasks have nothing to hide", () => {
  for (const source of ["phase", "startup"] as const) {
    assert.equal(visibleReason(entry({ source, reason: "starting" }), {}), "starting");
  }
});

test("a line without a reason has none to show", () => {
  assert.equal(visibleReason(entry({ result: "pass" }), { showReasons: true }), undefined);
});

test("a long reason is cut", () => {
  const whole = "x".repeat(longestReason);
  assert.equal(visibleReason(entry({ reason: whole }), { showReasons: true }), whole);
  const cut = visibleReason(entry({ reason: `${whole}x` }), { showReasons: true });
  assert.equal(cut, `${whole.slice(1)}…`);
});
