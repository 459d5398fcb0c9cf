import assert from "node:assert/strict";
import { test } from "node:test";
import type { Probe } from "../../src/probe.ts";
import { answerProbe } from "../../src/probe-result.ts";
import { excludeChecks } from "../../src/report/exclude.ts";
import type { ReportOptions } from "../../src/report/options.ts";
import { renderText } from "../../src/report/text.ts";
import type { HealthSnapshot } from "../../src/snapshot.ts";
import { checkSnapshot, failing, healthSnapshot } from "../snapshots.ts";

const linesOf = (told: Partial<HealthSnapshot>, options?: ReportOptions, probe: Probe = "readiness"): string[] =>
  renderText(answerProbe(probe, healthSnapshot(told)), options).split("\n");

test("a probe that passes is ok, and nothing else", () => {
  assert.deepEqual(linesOf({ checks: [checkSnapshot("db")] }), ["ok"]);
});

test("a probe that passes lists every line when asked to", () => {
  assert.deepEqual(linesOf({ checks: [checkSnapshot("db"), checkSnapshot("queue")] }, { verbose: true }), [
    "[+]ping ok",
    "[+]phase ok",
    "[+]db ok",
    "[+]queue ok",
    "readyz check passed",
    "",
  ]);
});

test("a probe that fails lists every line, asked or not, and withholds reasons", () => {
  const expected = [
    "[+]ping ok",
    "[+]phase ok",
    "[-]db failed: reason withheld",
    "[+]queue ok",
    "readyz check failed",
    "",
  ];
  const checks = [failing("db", "password authentication failed for user admin"), checkSnapshot("queue")];
  assert.deepEqual(linesOf({ checks }), expected);
  assert.deepEqual(linesOf({ checks }, { verbose: true }), expected);
});

test("reasons are shown to those who may see them", () => {
  const checks = [failing("db", "connection refused"), failing("cache", "cold", { gates: ["none"] })];
  assert.deepEqual(linesOf({ checks }, { showReasons: true }).slice(2, 4), [
    "[-]db failed: connection refused",
    "[!]cache degraded: cold",
  ]);
});

test("the phase and startup tasks have nothing to hide", () => {
  assert.deepEqual(linesOf({ phase: "starting", startupPending: ["cache"] }), [
    "[+]ping ok",
    "[-]phase failed: starting",
    "[-]startup/cache failed: not settled yet",
    "readyz check failed",
    "",
  ]);
});

test("a degraded check is a line of a probe that passes", () => {
  assert.deepEqual(linesOf({ checks: [failing("cache", "cold", { gates: ["none"] })] }, { verbose: true }), [
    "[+]ping ok",
    "[+]phase ok",
    "[!]cache degraded: reason withheld",
    "readyz check passed",
    "",
  ]);
});

test("each probe is called what kube-apiserver calls it", () => {
  const verdictOf = (probe: Probe): string | undefined => linesOf({}, { verbose: true }, probe).at(-2);
  assert.equal(verdictOf("startup"), "startupz check passed");
  assert.equal(verdictOf("liveness"), "livez check passed");
  assert.equal(verdictOf("readiness"), "readyz check passed");
});

test("a check that is excluded is told to be", () => {
  const result = answerProbe(
    "readiness",
    healthSnapshot({ checks: [failing("db", "refused"), checkSnapshot("queue")] }),
  );
  const text = renderText(excludeChecks(result, ["db", "queue", "nosuch"]), { verbose: true });
  assert.deepEqual(text.split("\n"), [
    "[+]ping ok",
    "[+]phase ok",
    "[+]db excluded: ok",
    "[+]queue excluded: ok",
    'warn: some checks cannot be excluded: no matches for "nosuch"',
    "readyz check passed",
    "",
  ]);
});

test("a startup task of the same name as an excluded check is not excluded", () => {
  const result = answerProbe(
    "readiness",
    healthSnapshot({ startupPending: ["db"], checks: [failing("db", "refused")] }),
  );
  assert.deepEqual(
    renderText(excludeChecks(result, ["db"]))
      .split("\n")
      .slice(2),
    ["[-]startup/db failed: not settled yet", "[+]db excluded: ok", "readyz check failed", ""],
  );
});
