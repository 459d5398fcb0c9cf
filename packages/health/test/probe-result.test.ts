import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Phase } from "@seaworthy/lifecycle";
import type { Gate } from "../src/gates.ts";
import { type Probe, probes } from "../src/probe.ts";
import { answerProbe } from "../src/probe-result.ts";
import type { CheckSnapshot, HealthSnapshot } from "../src/snapshot.ts";
import { checkSnapshot, failing, healthSnapshot } from "./snapshots.ts";

const phases: readonly Phase[] = ["starting", "started", "draining", "stopping", "stopped"];
const statuses = ["unknown", "pass", "fail"] as const;
const both = [false, true] as const;
const everyGates: readonly (readonly Gate[])[] = [
  ["startup"],
  ["liveness"],
  ["readiness"],
  ["startup", "liveness"],
  ["startup", "readiness"],
  ["liveness", "readiness"],
  ["startup", "liveness", "readiness"],
  ["none"],
];

/** Every state a check can be in. */
const everyCheck: readonly CheckSnapshot[] = everyGates.flatMap((gates) =>
  statuses.flatMap((status) =>
    both.flatMap((stale) =>
      both.flatMap((everPassed) =>
        both.map((inLivenessGrace) => checkSnapshot("db", { gates, status, stale, everPassed, inLivenessGrace })),
      ),
    ),
  ),
);

/** Every state a service without checks can be in. */
const everyService: readonly HealthSnapshot[] = phases.flatMap((phase) =>
  both.flatMap((windowOver) =>
    (["fail", "pass"] as const).flatMap((readinessWhileDraining) =>
      [[], ["cache"]].flatMap((startupPending) =>
        both.map((leaving) => healthSnapshot({ phase, leaving, windowOver, readinessWhileDraining, startupPending })),
      ),
    ),
  ),
);

/*
 * The table once more, as the README draws it. A cell says when the probe passes:
 *
 *   yes, no       always, never
 *   kept green    by the setting, until the listeners close
 */
type Cell = "yes" | "no" | "kept green";

const phaseTable: Readonly<Record<Phase, Readonly<Record<Probe, Cell>>>> = {
  starting: { startup: "no", liveness: "yes", readiness: "no" },
  started: { startup: "yes", liveness: "yes", readiness: "yes" },
  draining: { startup: "yes", liveness: "yes", readiness: "kept green" },
  stopping: { startup: "yes", liveness: "yes", readiness: "no" },
  stopped: { startup: "yes", liveness: "yes", readiness: "no" },
};

/** What stands in the way of a probe among the checks that gate it. */
const checkTable: Readonly<Record<Probe, (check: CheckSnapshot, phase: Phase) => boolean>> = {
  startup: ({ everPassed }, phase) => !everPassed && (phase === "starting" || phase === "started"),
  liveness: ({ status, inLivenessGrace }) => status === "fail" && !inLivenessGrace,
  readiness: ({ status, stale }) => status !== "pass" || stale,
};

function passesByTable(probe: Probe, { checks, ...service }: HealthSnapshot): boolean {
  const { phase, leaving, readinessWhileDraining, windowOver, startupPending } = service;
  const asked = probe === "readiness" && phase === "started" && leaving;
  const cell = asked ? "kept green" : phaseTable[phase][probe];
  const green = readinessWhileDraining === "pass" && !windowOver;
  const byPhase = cell === "yes" || (cell === "kept green" && green);
  const byTasks = startupPending.length === 0 || probe !== "readiness";
  const byChecks = !checks.some((check) => check.gates.includes(probe) && checkTable[probe](check, phase));
  return byPhase && byTasks && byChecks;
}

const resultOf = (probe: Probe, snapshot: HealthSnapshot): string => answerProbe(probe, snapshot).result;

describe("the truth table", () => {
  for (const probe of probes) {
    test(`${probe} without checks passes as the table says in every state of a service`, () => {
      for (const snapshot of everyService) {
        const expected = passesByTable(probe, snapshot) ? "pass" : "fail";
        assert.equal(resultOf(probe, snapshot), expected, JSON.stringify(snapshot));
      }
    });

    test(`${probe} passes as the table says in every state of a service and of a check`, () => {
      for (const service of everyService) {
        for (const check of everyCheck) {
          const snapshot = { ...service, checks: [check] };
          const expected = passesByTable(probe, snapshot) ? "pass" : "fail";
          if (resultOf(probe, snapshot) !== expected)
            assert.equal(resultOf(probe, snapshot), expected, JSON.stringify(snapshot));
        }
      }
    });

    test(`${probe} fails with one check of several, and only by those that gate it`, () => {
      const fails = everyCheck.filter((check) => check.gates.includes(probe) && checkTable[probe](check, "started"));
      for (const check of fails) {
        const snapshot = healthSnapshot({ checks: [checkSnapshot("cache"), check, checkSnapshot("queue")] });
        const { result, entries } = answerProbe(probe, snapshot);
        assert.equal(result, "fail");
        assert.deepEqual(
          entries.filter((entry) => entry.result === "fail").map(({ name }) => name),
          ["db"],
        );
      }
    });
  }

  test("liveness is never red because of a phase or a startup task", () => {
    for (const snapshot of everyService) assert.equal(resultOf("liveness", snapshot), "pass");
  });

  test("a check that does not gate liveness never fails it", () => {
    for (const service of everyService) {
      for (const check of everyCheck.filter(({ gates }) => !gates.includes("liveness"))) {
        if (resultOf("liveness", { ...service, checks: [check] }) !== "pass") assert.fail(JSON.stringify(check));
      }
    }
  });

  test("a check without a gate fails no probe", () => {
    for (const service of everyService) {
      for (const check of everyCheck.filter(({ gates }) => gates.includes("none"))) {
        for (const probe of probes)
          assert.equal(resultOf(probe, { ...service, checks: [check] }), resultOf(probe, service));
      }
    }
  });
});

test("a probe has a line for ping, for the phase and for each check that gates it, in the order of registration", () => {
  const checks = [
    checkSnapshot("queue"),
    checkSnapshot("loop", { gates: ["liveness"] }),
    checkSnapshot("db", { gates: ["startup", "readiness"] }),
  ];
  const namesOf = (probe: Probe): readonly string[] =>
    answerProbe(probe, healthSnapshot({ checks })).entries.map(({ name }) => name);
  assert.deepEqual(namesOf("readiness"), ["ping", "phase", "queue", "db"]);
  assert.deepEqual(namesOf("liveness"), ["ping", "phase", "loop"]);
  assert.deepEqual(namesOf("startup"), ["ping", "phase", "db"]);
});

test("a phase in which a probe fails is its reason", () => {
  const [, entry] = answerProbe("readiness", healthSnapshot({ phase: "draining" })).entries;
  assert.deepEqual(entry, { name: "phase", result: "fail", source: "phase", reason: "draining" });
});

test("a started service that asks to be routed away from says that it is leaving", () => {
  const [, entry] = answerProbe("readiness", healthSnapshot({ leaving: true })).entries;
  assert.deepEqual(entry, { name: "phase", result: "fail", source: "phase", reason: "leaving" });
});

describe("a heartbeat", () => {
  const limits = { readinessLimitMs: 3_000, livenessLimitMs: 30_000 };
  const resultsAt = (ageMs: number, told: Partial<HealthSnapshot> = {}): readonly string[] =>
    probes.map((probe) => resultOf(probe, healthSnapshot({ ...told, heartbeat: { ageMs, ...limits } })));

  test("fails startup and readiness beyond the short limit, and liveness beyond the long one", () => {
    assert.deepEqual(resultsAt(3_000), ["pass", "pass", "pass"]);
    assert.deepEqual(resultsAt(3_001), ["fail", "pass", "fail"]);
    assert.deepEqual(resultsAt(30_000), ["fail", "pass", "fail"]);
    assert.deepEqual(resultsAt(30_001), ["fail", "fail", "fail"]);
  });

  test("that is young makes no probe pass that fails without it", () => {
    const told = { phase: "starting", startupPending: ["cache"] } as const;
    assert.deepEqual(resultsAt(0, told), ["fail", "pass", "fail"]);
  });

  test("says how old it is where it fails a probe, and is not told of where there is none", () => {
    const { entries } = answerProbe("liveness", healthSnapshot({ heartbeat: { ageMs: 31_240, ...limits } }));
    assert.deepEqual(entries.at(-1), {
      name: "heartbeat",
      result: "fail",
      source: "heartbeat",
      reason: "the main thread has not come round for 31.2 s",
    });
    assert.ok(!answerProbe("liveness", healthSnapshot()).entries.some(({ name }) => name === "heartbeat"));
  });
});

test("ping passes in every state", () => {
  for (const probe of probes) {
    for (const snapshot of everyService) {
      assert.deepEqual(answerProbe(probe, snapshot).entries[0], { name: "ping", result: "pass", source: "ping" });
    }
  }
});

test("a startup task that has not settled is named by startup while starting, and by readiness as long as it takes", () => {
  const startupPending = ["cache", "schema"];
  const namedBy = (probe: Probe, phase: Phase): readonly string[] =>
    answerProbe(probe, healthSnapshot({ phase, startupPending }))
      .entries.filter(({ source, result }) => source === "startup" && result === "fail")
      .map(({ name }) => name);
  assert.deepEqual(namedBy("startup", "starting"), startupPending);
  assert.deepEqual(namedBy("startup", "started"), []);
  for (const phase of phases) {
    assert.deepEqual(namedBy("readiness", phase), startupPending);
    assert.deepEqual(namedBy("liveness", phase), []);
  }
});

test("a failing check without a gate is degraded, on readiness alone", () => {
  const checks = [failing("cache", "cold", { gates: ["none"] })];
  const entriesOf = (probe: Probe): readonly string[] =>
    answerProbe(probe, healthSnapshot({ checks })).entries.map(({ name, result }) => `${name} ${result}`);
  assert.deepEqual(entriesOf("readiness"), ["ping pass", "phase pass", "cache degraded"]);
  assert.deepEqual(entriesOf("liveness"), ["ping pass", "phase pass"]);
  assert.deepEqual(entriesOf("startup"), ["ping pass", "phase pass"]);
});

test("a line tells why a check does not pass", () => {
  const reasonOf = (check: CheckSnapshot): string | undefined =>
    answerProbe("readiness", healthSnapshot({ checks: [check] })).entries[2]?.reason;
  assert.equal(reasonOf(checkSnapshot("db")), undefined);
  assert.equal(reasonOf(checkSnapshot("db", { status: "unknown" })), "no result yet");
  assert.equal(reasonOf(checkSnapshot("db", { status: "unknown", reason: "refused" })), "refused");
  assert.equal(reasonOf(checkSnapshot("db", { stale: true })), "the last result is too old");
  assert.equal(reasonOf(failing("db", "refused")), "refused");
  assert.equal(reasonOf(failing("db", "refused", { stale: true })), "refused");
});
