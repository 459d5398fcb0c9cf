import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type ProbeEntry, type ProbeResult, answerProbe } from "../../src/probe-result.ts";
import { type ExcludedResult, excludeChecks } from "../../src/report/exclude.ts";
import { fit } from "../../src/report/fit.ts";
import { renderHealthJson } from "../../src/report/health-json.ts";
import { renderJson } from "../../src/report/json.ts";
import { type ReportOptions, longestBodyBytes } from "../../src/report/options.ts";
import { renderText } from "../../src/report/text.ts";
import type { CheckSnapshot } from "../../src/snapshot.ts";
import { checkSnapshot, failing, healthSnapshot } from "../snapshots.ts";

const longName = (index: number): string => `check ${index} ${"n".repeat(50)}`;

const manyChecks = (told: (name: string) => CheckSnapshot): readonly CheckSnapshot[] =>
  Array.from({ length: 500 }, (_, index) => told(longName(index)));

const readiness = (checks: readonly CheckSnapshot[]): ExcludedResult =>
  excludeChecks(answerProbe("readiness", healthSnapshot({ checks })), []);

const forms: Readonly<Record<string, (result: ProbeResult, options?: ReportOptions) => string>> = {
  text: renderText,
  json: renderJson,
  "health+json": renderHealthJson,
};

const ran = { observedAt: Date.now(), durationMs: 12_345 } as const;
const crowds: Readonly<Record<string, readonly CheckSnapshot[]>> = {
  "500 failing checks with long reasons": manyChecks((name) => failing(name, "refused ".repeat(1_000), ran)),
  "500 failing checks with reasons of many bytes": manyChecks((name) => failing(name, "\u{1F30A}".repeat(1_000), ran)),
  "500 failing checks with reasons that have to be escaped": manyChecks((name) =>
    failing(name, '"\u0000'.repeat(1_000)),
  ),
  "500 failing checks of which nothing is known": manyChecks((name) => checkSnapshot(name, { status: "unknown" })),
  "500 passing checks": manyChecks((name) => checkSnapshot(name, ran)),
  "500 degraded checks": manyChecks((name) => failing(name, "cold ".repeat(1_000), { gates: ["none"], ...ran })),
};

for (const [form, render] of Object.entries(forms)) {
  describe(`a body of ${form}`, () => {
    for (const [crowd, checks] of Object.entries(crowds)) {
      test(`is within the kubelet's 10 KiB for ${crowd}`, () => {
        for (const options of [{ verbose: true }, { verbose: true, showReasons: true }]) {
          const body = render(readiness(checks), options);
          const bytes = Buffer.byteLength(body);
          assert.ok(bytes <= longestBodyBytes, `${bytes} bytes`);
          assert.ok(bytes > longestBodyBytes / 2, `only ${bytes} bytes`);
          if (form !== "text") JSON.parse(body);
        }
      });
    }

    test("is within 10 KiB with names to exclude as well, known and unknown", () => {
      const names = Array.from({ length: 100 }, (_, index) =>
        index % 2 ? longName(index) : "x".repeat(1_000) + index,
      );
      const checks = crowds["500 failing checks with long reasons"] ?? [];
      const body = render(excludeChecks(readiness(checks), names), { showReasons: true });
      assert.ok(Buffer.byteLength(body) <= longestBodyBytes);
      assert.match(body, /no matches for/);
    });

    test("is within 10 KiB whatever startup tasks are called", () => {
      const startupPending = Array.from({ length: 50 }, (_, index) => `task ${index} ${"n".repeat(20_000)}`);
      const body = render(answerProbe("readiness", healthSnapshot({ phase: "starting", startupPending })));
      assert.ok(Buffer.byteLength(body) <= longestBodyBytes);
      assert.match(body, /and 5\d more|"omitted":5\d/);
    });

    test("has every line when all fit", () => {
      const checks = Array.from({ length: 20 }, (_, index) => failing(longName(index), "refused"));
      const body = render(readiness(checks), { showReasons: true });
      for (let index = 0; index < 20; index += 1) assert.ok(body.includes(longName(index)));
      assert.doesNotMatch(body, /more|omitted/);
    });

    test("shows the one check that fails before hundreds that do not, and then those that are degraded", () => {
      const checks = [
        ...manyChecks((name) => checkSnapshot(name, ran)),
        failing("cache", "cold", { gates: ["none"] }),
        failing("db", "refused"),
      ];
      const body = render(readiness(checks));
      assert.ok(body.includes("db") && body.includes("cache"));
      assert.ok(body.indexOf("db") < body.indexOf("cache") && body.indexOf("cache") < body.indexOf("check 0"));
    });
  });
}

test("what is left out is counted", () => {
  const result = readiness(crowds["500 failing checks with long reasons"] ?? []);
  const { checks, omitted } = JSON.parse(renderJson(result)) as { checks: readonly unknown[]; omitted: number };
  assert.equal(checks.length + omitted, 502);

  const lines = renderText(result).split("\n");
  const more = Number(/^and (\d+) more$/m.exec(lines.join("\n"))?.[1]);
  assert.equal(lines.filter((line) => line.startsWith("[")).length + more, 502);

  const health = JSON.parse(renderHealthJson(result)) as { notes: readonly string[]; checks: object };
  const left = Number(/^and (\d+) more checks$/.exec(health.notes[1] ?? "")?.[1]);
  assert.equal(Object.keys(health.checks).length + left, 502);
});

describe("fitting", () => {
  const entries = Array.from({ length: 1_000 }, (_, index): ProbeEntry => ({
    name: String(index),
    result: index % 2 === 0 ? "pass" : "fail",
    source: "check",
  }));

  for (const bytes of [40, 41, 42]) {
    test(`shows as many lines of ${bytes} bytes as there is room for`, () => {
      const shown: number[] = [];
      const body = fit(entries, ({ length }, omitted) => {
        assert.equal(length + omitted, entries.length);
        shown.push(length);
        return "x".repeat(length * bytes);
      });
      assert.equal(body.length, Math.floor(longestBodyBytes / bytes) * bytes);
      assert.ok(shown.length < 15, "by halves, not one by one");
    });
  }

  test("keeps the order as long as there is room for all", () => {
    const few = entries.slice(0, longestBodyBytes / 40);
    const line = ({ name }: ProbeEntry): string => name.padEnd(40);
    assert.equal(
      fit(few, (all) => all.map(line).join("")),
      few.map(line).join(""),
    );
  });

  test("shows nothing but what was left out when not even one line fits", () => {
    assert.equal(
      fit(entries, ({ length }, omitted) => "x".repeat(length * 20_000) + omitted),
      "1000",
    );
  });
});
