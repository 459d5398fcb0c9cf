import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { before, describe, test } from "node:test";
import { entryPointsOf } from "./entry-points.ts";
import { type Section, codeIn, sectionsOf, tablesOf } from "./markdown.ts";
import { flatten, optionTablesOf } from "./option-tables.ts";
import { type Package, fromRoot, packages } from "./packages.ts";

/** How to read a difference. */
const SIDES = "+ is what the README says, - is what the code says";
const HEADINGS = ["Install", "Use", "Options", "Errors", "Events"];

async function exportsOf(one: Package): Promise<Record<string, unknown>> {
  const entries = entryPointsOf(one).filter(({ specifier }) => !specifier.endsWith("/register"));
  const modules = await Promise.all(entries.map(({ specifier }) => import(specifier) as Promise<object>));
  return Object.assign({}, ...modules) as Record<string, unknown>;
}

function firstColumn(text: string): string[] {
  return tablesOf(text).flatMap(({ rows }) => rows.map(([cell = ""]) => codeIn(cell)));
}

for (const one of packages) {
  const readme = join(one.folder, "README.md");

  describe(`${fromRoot(readme)} says what the code does`, { skip: !existsSync(readme) && "no README yet" }, () => {
    let sections: Section[] = [];
    let exported: Record<string, unknown> = {};
    before(async () => {
      sections = sectionsOf(readFileSync(readme, "utf8"));
      exported = await exportsOf(one);
    });

    function textOf(heading: string): string {
      return sections.find((section) => section.heading === heading)?.text ?? "";
    }

    test("it begins with the package's name and one sentence", () => {
      assert.equal(sections[0]?.heading.replaceAll("`", ""), one.manifest.name);
      const paragraphs = (sections[0]?.text ?? "").trim().split(/\n\s*\n/);
      assert.match(
        paragraphs[0] ?? "",
        /^(?:(?![.!?]\s+[A-Z])[\s\S])+\.$/,
        "expected one sentence, up to its full stop",
      );
    });

    test("its sections come in the order of every README", () => {
      const headings = sections.slice(1).map(({ heading }) => heading);
      assert.deepEqual(headings.slice(0, HEADINGS.length), HEADINGS);
    });

    test("its errors are the codes of the code", () => {
      const codes = exported[`${one.short}ErrorCodes`];
      assert.ok(Array.isArray(codes), `expected an exported array ${one.short}ErrorCodes, got ${typeof codes}`);
      assert.deepEqual(firstColumn(textOf("Errors")).toSorted(), (codes as string[]).toSorted(), SIDES);
    });

    test("its events are the channels of the code", () => {
      const channels = exported[`${one.short}Channels`] ?? {};
      assert.deepEqual(
        firstColumn(textOf("Events")).toSorted(),
        Object.values(channels as Record<string, string>).toSorted(),
        SIDES,
      );
    });

    test("its options and defaults are those of the code", () => {
      const defaults = Object.entries(exported).filter(([name]) => name.endsWith("Defaults"));
      const inCode = Object.fromEntries(defaults.map(([name, value]) => [name, flatten(value as object)]));
      const inReadme: Record<string, object> = {};
      for (const table of optionTablesOf(textOf("Options"), `${one.short}Defaults`)) {
        inReadme[table.defaults] = { ...inReadme[table.defaults], ...table.options };
      }
      assert.deepEqual(inReadme, inCode, SIDES);
    });

    test("its environment variables are those of the code", () => {
      const tables = optionTablesOf(textOf("Options"), `${one.short}Defaults`);
      const inReadme = Object.assign({}, ...tables.map(({ environment }) => environment)) as Record<string, string>;
      assert.deepEqual(inReadme, exported[`${one.short}Environment`] ?? {}, SIDES);
    });
  });
}

test("every package has a README", () => {
  const missing = packages.map(({ folder }) => join(folder, "README.md")).filter((file) => !existsSync(file));
  assert.deepEqual(missing.map(fromRoot), []);
});
