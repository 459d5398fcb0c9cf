import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { Ajv } from "ajv";
import { burnRates, objective } from "../../collector/grafana/src/objective.ts";
import { alerts, recordings } from "../prometheus/rules.ts";
import { schema } from "./schema.ts";
import { type Panel, dashboards, folder, shownOn } from "./written.ts";

const isValid = new Ajv({ allErrors: true, allowUnionTypes: true, discriminator: true }).compile(schema);

/** Bookmarks and links of other tools go by them. */
const uids = {
  "health.json": "seaworthy-health",
  "runtime.json": "seaworthy-runtime",
  "service.json": "seaworthy-service",
  "telemetry.json": "seaworthy-telemetry",
};

const columns = 24;

function overlap({ gridPos: one }: Panel, { gridPos: other }: Panel): boolean {
  const isBeside = one.x + one.w <= other.x || other.x + other.w <= one.x;
  const isBelow = one.y + one.h <= other.y || other.y + other.h <= one.y;
  return !isBeside && !isBelow;
}

test("the uids of the dashboards never change", () => {
  assert.deepEqual(Object.fromEntries([...dashboards].map(([name, { uid }]) => [name, uid])), uids);
});

for (const [name, dashboard] of dashboards) {
  const text = readFileSync(join(folder, "dashboards", name), "utf8");
  const shown = shownOn(dashboard);

  describe(`the dashboard in ${name}`, () => {
    test("is valid by the schema", () => {
      assert.ok(isValid(dashboard), JSON.stringify(isValid.errors, undefined, 2));
    });

    test("has a number for each panel, and no two the same", () => {
      const ids = dashboard.panels.map(({ id }) => id);
      assert.deepEqual(
        ids,
        [...new Set(ids)].filter((id) => id > 0),
      );
    });

    test("has a title, a description and a unit on every panel", () => {
      for (const { title, description = "", fieldConfig } of shown) {
        assert.match(title, /^\S/);
        assert.match(description, /^[A-Z].*\.$/, title);
        assert.match(fieldConfig?.defaults.unit ?? "", /^\S/, title);
      }
    });

    test("has no panel over another or over the edge", () => {
      for (const [place, panel] of dashboard.panels.entries()) {
        const { gridPos, title } = panel;
        assert.ok(gridPos.x >= 0 && gridPos.x + gridPos.w <= columns, title);
        const over = dashboard.panels.slice(place + 1).find((other) => overlap(panel, other));
        assert.equal(over?.title, undefined, title);
      }
    });

    test("fills its lines", () => {
      const cells = dashboard.panels.reduce((sum, { gridPos }) => sum + gridPos.w * gridPos.h, 0);
      const height = Math.max(...dashboard.panels.map(({ gridPos }) => gridPos.y + gridPos.h));
      assert.equal(cells, columns * height);
    });

    test("has different letters for the queries of a panel", () => {
      for (const { title, targets = [] } of shown) {
        const letters = targets.map(({ refId }) => refId);
        assert.ok(letters.length > 0, title);
        assert.deepEqual(letters, [...new Set(letters)], title);
      }
    });

    test("asks the data source that was chosen, and no other", () => {
      const sources = text.matchAll(/"datasource": \{\s*"type": "(\w+)",\s*"uid": "([^"]+)"/g);
      assert.deepEqual(
        new Set([...sources].map(([, type, uid]) => `${type} ${uid}`)),
        new Set(["prometheus ${datasource}"]),
      );
    });

    test("names no host", () => {
      assert.doesNotMatch(text, /https?:|localhost|\d+\.\d+\.\d+\.\d+/);
    });

    test("leads to sections of the runbook by the names of alerts", () => {
      const names = new Set(alerts().map(({ alert }) => alert.toLowerCase()));
      const links = shown.flatMap(({ links: ofPanel = [] }) => ofPanel.map(({ url }) => url));
      assert.ok(links.length > 0);
      for (const link of links) {
        const [, anchor = ""] = /^\$\{runbook\}#(.+)$/.exec(link) ?? [];
        assert.ok(names.has(anchor), link);
      }
    });
  });
}

test("the objective of the dashboards is that of the rules", () => {
  const expressions = alerts().map(({ expr }) => expr);
  for (const rate of [burnRates.page, burnRates.pageLater, burnRates.ticket]) {
    for (const [ratio, budget] of [
      ["errors", objective.errorBudget],
      ["slow_requests", objective.slowBudget],
    ] as const) {
      const isAboveIt = new RegExp(`:http_server_${ratio}:ratio_rate\\w+ > ${rate} \\* ${budget}\\s`);
      assert.ok(
        expressions.some((expr) => isAboveIt.test(expr)),
        String(isAboveIt),
      );
    }
  }
  const slow = recordings().find(({ record }) => record === "service:http_server_slow_requests:rate5m");
  assert.match(slow?.expr ?? "", new RegExp(`le=~?"[^"]*\\b${objective.fast}\\b`));
});
