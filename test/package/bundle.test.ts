import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { isBuiltin } from "node:module";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { packages } from "../structure/packages.ts";
import { type Packed, packAll } from "./pack.ts";

/** Licences that allow to pass a work on inside another, if their texts come along. */
const allowed: ReadonlySet<string> = new Set(["Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "ISC", "MIT"]);

/** What a file asks for by name. Of what stands in a text, only that which could be the name of a package is taken. */
const asked = /(?:\bfrom|\bimport|\bimport\(|\brequire\w*\()\s*["']((?:@[\w.-]+\/)?\w[\w.:-]*)(?:\/[\w./-]+)?["']/g;

describe("a bundle", () => {
  let packed: Packed;
  before(async () => {
    packed = await packAll();
  });
  after(() => packed[Symbol.dispose]());

  function distOf(short: string): string {
    return join(packed.workspace, "packages", short, "dist");
  }

  const filesOf = (short: string, end: string): string[] =>
    readdirSync(distOf(short), { recursive: true, encoding: "utf8" })
      .filter((file) => file.endsWith(end))
      .map((file) => join(distOf(short), file));

  test("asks for nothing that is not installed with it", () => {
    const found = packages.flatMap(({ short, manifest }) => {
      const installed = { ...manifest.dependencies, ...manifest.peerDependencies, [manifest.name]: "" };
      return filesOf(short, ".js").flatMap((file) =>
        [...readFileSync(file, "utf8").matchAll(asked)]
          .map(([, name = ""]) => name)
          .filter((name) => !isBuiltin(name) && !(name in installed))
          .map((name) => `${file} asks for ${name}`),
      );
    });
    assert.deepEqual(found, []);
  });

  test("never has @opentelemetry/api inside", () => {
    assert.deepEqual(
      [...insideOf("telemetry")].filter((name) => name === "@opentelemetry/api"),
      [],
    );
  });

  test("comes with the name, the version and the licence of every package that is inside", () => {
    for (const { short, manifest } of packages) {
      const inside = insideOf(short);
      if (inside.size === 0) continue;
      const page = readFileSync(join(distOf(short), "LICENCES.md"), "utf8");
      const rows = [...page.matchAll(/^\| (\S+) \| (\d\S+) \| (.+) \|$/gm)].map(([, ...row]) => row);
      const listed = rows.map(([name]) => name ?? "");
      assert.deepEqual(listed.toSorted(), [...inside].toSorted(), `${manifest.name} has others inside than it lists`);
      assert.deepEqual(
        rows.filter(([, , licence]) => !allowed.has(licence ?? "")),
        [],
        `${manifest.name} has packages inside whose licence nobody has looked at`,
      );
      const texts = [...page.matchAll(/^## (.+)\n\n```text\n(?!```)/gm)].flatMap(([, names = ""]) => names.split(", "));
      const untold = listed.filter((name) => !texts.includes(name));
      assert.deepEqual(untold, [], `${manifest.name} lacks the text of a licence`);
    }
  });

  /** The packages inside, as the source maps tell it. */
  function insideOf(short: string): Set<string> {
    const sources = filesOf(short, ".js.map").flatMap(
      (file) => (JSON.parse(readFileSync(file, "utf8")) as { readonly sources: string[] }).sources,
    );
    const names = sources.flatMap((source) => /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(source)?.[1] ?? []);
    return new Set(names);
  }
});
