import assert from "node:assert/strict";
import { test } from "node:test";
import { type ProbeResult, answerProbe } from "../../src/probe-result.ts";
import { excludeChecks } from "../../src/report/exclude.ts";
import type { HealthSnapshot } from "../../src/snapshot.ts";
import { checkSnapshot, failing, healthSnapshot } from "../snapshots.ts";

const readiness = (told: Partial<HealthSnapshot>): ProbeResult => answerProbe("readiness", healthSnapshot(told));

test("without names a result stays as it was", () => {
  const result = readiness({ checks: [failing("db", "refused")] });
  assert.deepEqual(excludeChecks(result, []), { ...result, excluded: [], warnings: [] });
});

test("an excluded check does not count", () => {
  const result = readiness({ checks: [failing("db", "refused"), checkSnapshot("queue")] });
  const without = excludeChecks(result, ["db"]);
  assert.equal(result.result, "fail");
  assert.equal(without.result, "pass");
  assert.deepEqual(without.excluded, ["db"]);
  assert.deepEqual(without.entries, result.entries);
});

test("the other checks still count", () => {
  const result = readiness({ checks: [failing("db", "refused"), failing("queue", "refused")] });
  assert.equal(excludeChecks(result, ["db"]).result, "fail");
  assert.equal(excludeChecks(result, ["db", "queue"]).result, "pass");
});

test("neither the phase nor a startup task can be excluded", () => {
  const draining = excludeChecks(readiness({ phase: "draining" }), ["phase", "ping"]);
  assert.equal(draining.result, "fail");
  assert.deepEqual(draining.excluded, []);
  const pending = excludeChecks(readiness({ startupPending: ["cache"] }), ["cache", "startup/cache"]);
  assert.equal(pending.result, "fail");
  assert.equal(pending.warnings.length, 2);
});

test("a check that gates another probe cannot be excluded from this one", () => {
  const result = readiness({ checks: [checkSnapshot("loop", { gates: ["liveness"] })] });
  assert.deepEqual(excludeChecks(result, ["loop"]).warnings, [
    'warn: some checks cannot be excluded: no matches for "loop"',
  ]);
});

test("a name that is not known is warned of once", () => {
  const { warnings, result } = excludeChecks(readiness({}), ["nosuch", "nosuch", "other"]);
  assert.equal(result, "pass");
  assert.deepEqual(warnings, [
    'warn: some checks cannot be excluded: no matches for "nosuch"',
    'warn: some checks cannot be excluded: no matches for "other"',
  ]);
});

test("what an asker sends as a name comes back short and harmless", () => {
  const names = ["<script>alert(1)</script>", "a\r\nb", 'a"b', "x".repeat(5_000), "\u{1F600}", ""];
  const { warnings } = excludeChecks(readiness({}), names);
  for (const warning of warnings) assert.match(warning, /^warn: [^"]+"[\w.:/? -]{0,63}"$/);
  assert.equal(warnings.length, names.length);
});

test("of many unknown names ten are told", () => {
  const names = Array.from({ length: 1_000 }, (_, index) => `no${index}`);
  assert.equal(excludeChecks(readiness({}), names).warnings.length, 10);
});
