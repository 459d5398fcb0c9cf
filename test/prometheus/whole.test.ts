import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { parse } from "yaml";
import { alertCases, readCases, ruleOf, valueCases } from "./cases.ts";
import { alerts, folder, recordings, ruleFiles, rulesOf } from "./rules.ts";

const runbook = readFileSync(join(folder, "../RUNBOOK.md"), "utf8");

/** The sections of the runbook for an alert, by its name. */
const sections = new Map(
  runbook
    .split(/^### /m)
    .slice(1)
    .map((text) => {
      const [name = "", ...lines] = text.split(/^## /m)[0]?.trim().split("\n") ?? [];
      return [name, lines] as const;
    }),
);

describe("of the rules", () => {
  for (const file of ruleFiles) {
    const cases = readCases(file);

    test(`each of ${file} that records has a value in a case`, () => {
      const valued = valueCases(cases).filter(({ exp_samples }) => exp_samples.length > 0);
      const missing = recordings(file).filter(({ record }) => !valued.some(({ expr }) => expr === record));
      assert.deepEqual(missing, []);
    });

    test(`each of ${file} that alerts has a case in which it is quiet and one in which it fires`, () => {
      const all = alertCases(cases);
      const quiet = new Set(all.filter((one) => one.exp_alerts.length === 0).map(({ alertname }) => alertname));
      const fired = new Set(
        all.flatMap(({ alertname, exp_alerts }) => exp_alerts.map((one) => ruleOf(alerts(), alertname, one))),
      );
      const here = new Map(alerts(file).map((rule) => [`${rule.alert} ${rule.labels["window"] ?? ""}`, rule]));
      for (const [name, rule] of here) {
        assert.ok(quiet.has(rule.alert), `${name} is nowhere quiet`);
        assert.ok(
          [...fired].some(({ alert, expr }) => alert === rule.alert && expr === rule.expr),
          `${name} fires nowhere`,
        );
      }
    });
  }

  test("what records is named by level, metric and operation, and by one rule only", () => {
    const names = recordings().map(({ record }) => record);
    assert.deepEqual(
      names.filter((name) => !/^[a-z_]+:[a-z][a-z0-9_]*:[a-z0-9_]+$/.test(name)),
      [],
    );
    assert.deepEqual(names.length, new Set(names).size);
  });

  test("what is read of other rules is recorded", () => {
    const known = new Set(recordings().map(({ record }) => record));
    const read = rulesOf().flatMap(({ expr }) => expr.match(/\b[a-z_]+:\w+:\w+/g) ?? []);
    assert.deepEqual(
      read.filter((name) => !known.has(name)),
      [],
    );
  });
});

describe("an alert", () => {
  test("says who is called, what happens, where to look first and where to read on", () => {
    for (const { alert, labels, annotations } of alerts()) {
      assert.match(labels["severity"] ?? "", /^(page|ticket)$/, alert);
      assert.match(annotations["summary"] ?? "", /\{\{ \$labels\.(service_name|job) \}\}/, alert);
      assert.match(annotations["description"] ?? "", /Look first (at|for) /, alert);
      // The anchor that a heading of this name has.
      assert.equal(annotations["runbook_url"], `RUNBOOK.md#${alert.toLowerCase()}`);
    }
  });

  test("has a section in the runbook, and no section is of none", () => {
    assert.deepEqual([...sections.keys()].toSorted(), [...new Set(alerts().map(({ alert }) => alert))].toSorted());
  });

  test("has a section that can be read at night", () => {
    for (const [name, lines] of sections) {
      assert.ok(lines.length <= 20, `${name} has ${lines.length} lines`);
      for (const part of ["Look first", "Usually", "Do", "Over when"]) {
        assert.ok(
          lines.some((line) => line.startsWith(`- **${part}:** `)),
          `${name} does not say: ${part}`,
        );
      }
    }
  });
});

test("the runbook names rules and alerts that there are", () => {
  const known = new Set<string>(rulesOf().map((rule) => ("record" in rule ? rule.record : rule.alert)));
  const named = runbook.match(/\b[a-z_]+:\w+:\w+|\b(Seaworthy|Collector)[A-Z]\w+/g) ?? [];
  assert.deepEqual(
    named.filter((name) => !known.has(name)),
    [],
  );
});

test("the configurations differ in where targets come from, and in whom they tell", () => {
  const read = (name: string): Record<string, unknown> =>
    parse(readFileSync(join(folder, name), "utf8")) as Record<string, unknown>;
  const { scrape_configs: _pods, alerting: _told, ...cluster } = read("prometheus.yml");
  const { scrape_configs: _static, ...local } = read("prometheus.local.yml");
  assert.deepEqual(local, cluster);
});

test("wherever Prometheus is started it takes OTLP, and the start of a series as 0", () => {
  for (const name of [
    "README.md",
    "prometheus.yml",
    "prometheus.local.yml",
    "../../examples/with-collector/start.ts",
    "../../examples/with-collector/compose.yaml",
  ]) {
    const text = readFileSync(join(folder, name), "utf8");
    assert.match(text, /--web\.enable-otlp-receiver\b/, name);
    assert.match(text, /--enable-feature=created-timestamp-zero-ingestion\b/, name);
  }
});

test("wherever we say how to start Prometheus it keeps exemplars, and its data out of the tree", () => {
  for (const name of ["README.md", "prometheus.yml", "prometheus.local.yml"]) {
    const text = readFileSync(join(folder, name), "utf8");
    assert.match(text, /--enable-feature=exemplar-storage\b/, name);
    assert.match(text, /--storage\.tsdb\.path=\//, name);
  }
});

test("no configuration listens on all interfaces", () => {
  for (const name of ["prometheus.yml", "prometheus.local.yml"]) {
    const text = readFileSync(join(folder, name), "utf8");
    const flags = [...text.matchAll(/--web\.listen-address=(\S*):\d+/g)].map(([, host]) => host);
    assert.ok(flags.length > 0 && flags.every((host) => host === "127.0.0.1" || host === "$(POD_IP)"), flags.join());
  }
});
