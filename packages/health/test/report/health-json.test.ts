import assert from "node:assert/strict";
import { test } from "node:test";
import { answerProbe } from "../../src/probe-result.ts";
import { excludeChecks } from "../../src/report/exclude.ts";
import { renderHealthJson } from "../../src/report/health-json.ts";
import type { ReportOptions } from "../../src/report/options.ts";
import type { CheckSnapshot, HealthSnapshot } from "../../src/snapshot.ts";
import { checkSnapshot, failing, healthSnapshot } from "../snapshots.ts";

/** The parts of the draft that are used (draft-inadarei-api-health-check-06, sections 3 and 4). */
interface HealthJson {
  readonly status: string;
  readonly notes: readonly string[];
  readonly checks: Readonly<Record<string, readonly Readonly<Record<string, unknown>>[]>>;
}

const observedAt = Date.UTC(2030, 0, 2, 3, 4, 5, 678);
const ran = { observedAt, durationMs: 12.4 } as const;

function told(checks: readonly CheckSnapshot[], options?: ReportOptions, more?: Partial<HealthSnapshot>): HealthJson {
  const result = answerProbe("readiness", healthSnapshot({ checks, ...more }));
  return JSON.parse(renderHealthJson(result, options)) as HealthJson;
}

test("the status is pass, warn with something degraded, and fail", () => {
  const degraded = failing("cache", "cold", { gates: ["none"] });
  assert.equal(told([checkSnapshot("db")]).status, "pass");
  assert.equal(told([checkSnapshot("db"), degraded]).status, "warn");
  assert.equal(told([failing("db", "refused"), degraded]).status, "fail");
  assert.equal(told([], {}, { phase: "draining" }).status, "fail");
});

test("a check that ran is measured by its response time, under component and measurement", () => {
  assert.deepEqual(told([checkSnapshot("db", ran)]).checks["db:responseTime"], [
    { status: "pass", observedValue: 12, observedUnit: "ms", time: "2030-01-02T03:04:05.678Z" },
  ]);
});

test("what was not measured has its component alone", () => {
  const { checks } = told([checkSnapshot("bus", { observedAt })], {}, { startupPending: ["schema"] });
  assert.deepEqual(Object.keys(checks), ["ping", "phase", "startup/schema", "bus"]);
  assert.deepEqual(checks["ping"], [{ status: "pass" }]);
  assert.deepEqual(checks["startup/schema"], [{ status: "fail", output: "not settled yet" }]);
});

test("output is there only for what does not pass, and withheld from strangers", () => {
  const states = [
    checkSnapshot("db", ran),
    failing("queue", "refused", ran),
    failing("cache", "cold", { gates: ["none"] }),
  ];
  const outputsOf = ({ checks }: HealthJson): readonly unknown[] =>
    Object.values(checks).map(([details]) => details?.["output"]);
  assert.deepEqual(outputsOf(told(states)), [undefined, undefined, undefined, "reason withheld", "reason withheld"]);
  assert.deepEqual(outputsOf(told(states, { showReasons: true })), [
    undefined,
    undefined,
    undefined,
    "refused",
    "cold",
  ]);
});

test("a degraded check has the status warn", () => {
  assert.deepEqual(told([failing("cache", "cold", { gates: ["none"] })]).checks["cache"], [
    { status: "warn", output: "reason withheld" },
  ]);
});

test("every status is one of the draft's, and every key is of components and measurements", () => {
  const states = [
    checkSnapshot("http://db:5432", ran),
    checkSnapshot("db:main", { status: "unknown" }),
    checkSnapshot("disk /var", { stale: true, ...ran }),
  ];
  const { status, checks } = told(states, {}, { startupPending: ["a:b"] });
  assert.match(status, /^(pass|warn|fail)$/);
  for (const [key, details] of Object.entries(checks)) {
    assert.match(key, /^[^:]+(:responseTime)?$/);
    assert.ok(details.length > 0);
    for (const one of details) assert.match(String(one["status"]), /^(pass|warn|fail)$/);
  }
});

test("names that become the same key share its array", () => {
  const { checks } = told([checkSnapshot("db:main"), failing("db/main", "refused"), checkSnapshot("constructor")]);
  assert.deepEqual(checks["db/main"], [{ status: "pass" }, { status: "fail", output: "reason withheld" }]);
  assert.deepEqual(checks["constructor"], [{ status: "pass" }]);
});

test("notes tell the phase, what was excluded, and what could not be", () => {
  const result = answerProbe("readiness", healthSnapshot({ checks: [failing("db", "refused")] }));
  const { status, notes } = JSON.parse(renderHealthJson(excludeChecks(result, ["db", "nosuch"]))) as HealthJson;
  assert.equal(status, "pass");
  assert.deepEqual(notes, [
    "phase: started",
    "excluded: db",
    'warn: some checks cannot be excluded: no matches for "nosuch"',
  ]);
  assert.deepEqual(told([], {}, { phase: "draining" }).notes, ["phase: draining"]);
});
