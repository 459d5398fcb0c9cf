import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, test } from "node:test";
import { readCases, unitTest } from "./cases.ts";
import { isRequired, promtool, promtools, run } from "./promtool.ts";
import { folder, pathOf, ruleFiles } from "./rules.ts";

if ("missing" in promtool) {
  const { missing } = promtool;
  test("promtool holds the rules and the configurations", { skip: !isRequired && missing }, () => assert.fail(missing));
}

for (const program of promtools) {
  describe(`to promtool ${program.version}`, () => {
    for (const file of ruleFiles) {
      test(`the rules of ${file} are right`, () => {
        const { code, text } = run(program, "check", "rules", pathOf(file));
        assert.equal(code, 0, text);
      });

      test(`the rules of ${file} yield what their cases say`, (t) => {
        const scratch = mkdtempSync(join(tmpdir(), "seaworthy-rules-"));
        t.after(() => rmSync(scratch, { recursive: true, force: true }));
        const path = join(scratch, `${file}.test.yml`);
        // All JSON is YAML.
        writeFileSync(path, JSON.stringify(unitTest(readCases(file))));
        const { code, text } = run(program, "test", "rules", path);
        assert.equal(code, 0, text);
      });
    }

    // A promtool 2 knows no OTLP.
    const skip = program.version.startsWith("2.") && `promtool is ${program.version}`;
    for (const name of ["prometheus.yml", "prometheus.local.yml"]) {
      test(`${name} is right`, { skip }, () => {
        const { code, text } = run(program, "check", "config", join(folder, name));
        assert.equal(code, 0, text);
      });
    }
  });
}
