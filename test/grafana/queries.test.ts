import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { before, describe, test } from "node:test";
import { promtool } from "../../collector/prometheus/programs.ts";
import { openScope } from "../harness/scope.ts";
import { recordings } from "../prometheus/rules.ts";
import { collectorMetrics } from "./collector-metrics.ts";
import type { Families } from "./exposition.ts";
import { labelsOfTargets } from "./labels.ts";
import { type Query, queriesOf, read, variablesIn } from "./queries.ts";
import { shownByExample } from "./running-example.ts";
import { dashboards } from "./written.ts";

const records = new Map(recordings().map(({ record, expr }) => [record, expr]));

/** Prometheus's own, with the labels of alerts. */
const ownSeries: Families = new Map([["ALERTS", new Set(["alertname", "alertstate", "severity"])]]);

/** Whether a metric is not the example's. */
const isKnown = (name: string): boolean => records.has(name) || ownSeries.has(name) || collectorMetrics.has(name);

const all: readonly Query[] = [...dashboards].flatMap(([name, dashboard]) =>
  queriesOf(dashboard).map((query) => ({ ...query, where: `${name}: ${query.where}` })),
);
const metrics: ReadonlySet<string> = new Set(
  all.flatMap(({ asked }) => read(asked).selected.map(({ metric }) => metric)),
);

/** The labels by which a service or a Collector is chosen. */
const chosen: ReadonlySet<string> = new Set(["service_name", "instance"]);

/** What others are joined with, and what is not added up. */
const joined = "target_info";

/** What is wrong with some of the queries, each said with where it stands. */
const wrong = (find: (query: Query) => readonly string[]): readonly string[] =>
  all.flatMap((query) => find(query).map((what) => `${query.where}: ${what}`));

test("every query parses", () => {
  assert.deepEqual(
    wrong(({ asked }) => read(asked).errors),
    [],
  );
});

const program = promtool();
const isRequired = Boolean(process.env["REQUIRE_COLLECTOR"]);
const skip = "missing" in program && !isRequired && program.missing;

test("every query is of the types that Prometheus takes", { skip }, (t) => {
  assert.ok("path" in program, "there is no promtool");
  const scratch = mkdtempSync(join(tmpdir(), "seaworthy-grafana-"));
  t.after(() => rmSync(scratch, { recursive: true }));
  const rules = all.map(({ asked }, place) => ({ record: `query:${place}`, expr: asked }));
  const file = join(scratch, "queries.json");
  writeFileSync(file, JSON.stringify({ groups: [{ name: "queries", rules }] }));
  const { status, stderr } = spawnSync(program.path, ["check", "rules", file], { encoding: "utf8" });
  assert.equal(status, 0, stderr);
});

test("every query names its metrics", () => {
  assert.ok(!metrics.has(""));
});

test("every query of a panel narrows itself down to what was chosen", () => {
  const free = [...dashboards.values()].flatMap((dashboard) => {
    const choices = new Set(dashboard.templating.list.map(({ name }) => `$${name}`));
    return queriesOf(dashboard).filter(({ where, asked }) => {
      const selected = read(asked).selected.filter(({ metric }) => metric !== joined);
      return !choices.has(where) && !selected.every(({ labels }) => labels.some((label) => chosen.has(label)));
    });
  });
  assert.deepEqual(free, []);
});

test("every variable in a query is one of its dashboard", () => {
  for (const [name, dashboard] of dashboards) {
    const known = new Set(dashboard.templating.list.map((variable) => variable.name));
    for (const { where, written } of queriesOf(dashboard)) {
      for (const variable of variablesIn(written)) assert.ok(known.has(variable), `${name}: ${where}: $${variable}`);
    }
  }
});

describe("what is asked for is there", () => {
  let families: Families = new Map();
  before(async () => {
    const wanted: Families = new Map();
    for (const { metric, labels } of all.flatMap(({ asked }) => read(asked).selected)) {
      if (isKnown(metric)) continue;
      const ofMetric = labels.filter((label) => !labelsOfTargets.has(label));
      wanted.set(metric, new Set([...(wanted.get(metric) ?? []), ...ofMetric]));
    }
    const scope = openScope();
    try {
      families = await shownByExample(scope, wanted);
    } finally {
      await scope.end();
    }
  });

  test("every metric is one that a running example has, a rule records, or a Collector has", () => {
    const strangers = [...metrics].filter((name) => !families.has(name) && !isKnown(name));
    assert.deepEqual(strangers, []);
  });

  test("every label is one that its metric has, or that a target has", () => {
    const labelsOf = (name: string): ReadonlySet<string> =>
      families.get(name) ?? ownSeries.get(name) ?? collectorMetrics.get(name) ?? wordsOf(name);
    const strangers = wrong(({ asked }) => {
      const { selected, grouped } = read(asked);
      const ofAll = new Set(selected.flatMap(({ metric }) => [...labelsOf(metric)]));
      return [
        ...selected.flatMap(({ metric, labels }) =>
          labels.filter((label) => !labelsOf(metric).has(label) && !labelsOfTargets.has(label)),
        ),
        ...grouped.filter((label) => !ofAll.has(label) && !labelsOfTargets.has(label)),
      ];
    });
    assert.deepEqual(strangers, []);
  });
});

/** The names in a rule, and in the rules that it is made of: its labels are among them. */
function wordsOf(record: string): ReadonlySet<string> {
  const words = new Set(records.get(record)?.match(/[a-zA-Z_:][\w:]*/g));
  for (const word of words) if (records.has(word)) for (const further of wordsOf(word)) words.add(further);
  return words;
}
