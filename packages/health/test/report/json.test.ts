import assert from "node:assert/strict";
import { test } from "node:test";
import { answerProbe } from "../../src/probe-result.ts";
import { excludeChecks } from "../../src/report/exclude.ts";
import { renderJson } from "../../src/report/json.ts";
import { checkSnapshot, failing, healthSnapshot } from "../snapshots.ts";

const observedAt = Date.UTC(2030, 0, 2, 3, 4, 5, 678);

const result = answerProbe(
  "readiness",
  healthSnapshot({
    startupPending: ["schema"],
    checks: [
      checkSnapshot("queue", { observedAt, durationMs: 3 }),
      failing("db", "refused", { observedAt }),
      checkSnapshot("bus", { status: "unknown" }),
      checkSnapshot("disk", { stale: true, observedAt }),
      failing("cache", "cold", { gates: ["none"], observedAt }),
    ],
  }),
);

test("every line is told, with the reasons for those who may see them", () => {
  const time = "2030-01-02T03:04:05.678Z";
  const told = [
    { name: "ping", source: "ping", result: "pass" },
    { name: "phase", source: "phase", result: "pass" },
    { name: "schema", source: "startup", result: "fail", reason: "not settled yet" },
    { name: "queue", source: "check", result: "pass", status: "pass", observedAt: time },
    { name: "db", source: "check", result: "fail", status: "fail", observedAt: time, reason: "refused" },
    { name: "bus", source: "check", result: "fail", status: "unknown", reason: "no result yet" },
    {
      name: "disk",
      source: "check",
      result: "fail",
      status: "pass",
      stale: true,
      observedAt: time,
      reason: "the last result is too old",
    },
    { name: "cache", source: "check", result: "degraded", status: "fail", observedAt: time, reason: "cold" },
  ];
  const whole = { probe: "readiness", result: "fail", phase: "started", degraded: true };
  assert.deepEqual(JSON.parse(renderJson(result, { showReasons: true })), { ...whole, checks: told });

  const withheld = told.map(({ reason, ...line }) => (line.source === "startup" ? { ...line, reason } : line));
  assert.deepEqual(JSON.parse(renderJson(result)), { ...whole, checks: withheld });
});

test("a service without checks tells of ping and the phase", () => {
  assert.deepEqual(JSON.parse(renderJson(answerProbe("liveness", healthSnapshot()))), {
    probe: "liveness",
    result: "pass",
    phase: "started",
    degraded: false,
    checks: [
      { name: "ping", source: "ping", result: "pass" },
      { name: "phase", source: "phase", result: "pass" },
    ],
  });
});

test("a check that is excluded is told to be, and what cannot be excluded is warned of", () => {
  const excluded = excludeChecks(result, ["db", "schema"]);
  const { checks, warnings } = JSON.parse(renderJson(excluded)) as {
    checks: { name: string; excluded?: boolean }[];
    warnings: string[];
  };
  assert.deepEqual(
    checks.filter((check) => check.excluded).map(({ name }) => name),
    ["db"],
  );
  assert.deepEqual(warnings, ['warn: some checks cannot be excluded: no matches for "schema"']);
});

test("a startup task of the same name as an excluded check is not excluded", () => {
  const same = answerProbe("readiness", healthSnapshot({ startupPending: ["db"], checks: [failing("db", "refused")] }));
  const { checks } = JSON.parse(renderJson(excludeChecks(same, ["db"]))) as { checks: { excluded?: boolean }[] };
  assert.deepEqual(
    checks.map((check) => check.excluded),
    [undefined, undefined, undefined, true],
  );
});
