import assert from "node:assert/strict";
import { test } from "node:test";
import { importsOf } from "./imports.ts";
import { fromRoot, packages } from "./packages.ts";

/**
 * Parts of Node whose ES module form asks for each of their exports, and so loads what they would only load on demand:
 * `import … from "node:http"` costs ten times what `process.getBuiltinModule("node:http")` does, in CPU and in memory.
 */
const heavy: ReadonlySet<string> = new Set([
  "node:crypto",
  "node:fs",
  "node:http",
  "node:https",
  "node:process",
  "node:util",
]);

/** Loaded only by whoever imports the checks. */
const onDemand = /^packages\/health\/src\/checks\//;

test("what loads at every start imports no part of Node that loads others with it", () => {
  const found = packages
    .flatMap(({ sources }) => sources)
    .filter((file) => !onDemand.test(fromRoot(file)))
    .flatMap((file) =>
      importsOf(file)
        .filter(({ specifier, isType }) => heavy.has(specifier) && !isType)
        .map(({ specifier }) => `${fromRoot(file)} imports ${specifier}`),
    );
  assert.deepEqual(found, [], "take it by process.getBuiltinModule(), where it is used");
});
