import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { types } from "node:util";
import { entryPoints, namesExportedBy } from "./entry-points.ts";
import { exportDifferences } from "./exports-snapshot.ts";

function keysOf(module: object): string[] {
  return Object.entries(module).flatMap(([name, value]: [string, unknown]) =>
    types.isModuleNamespaceObject(value)
      ? [name, ...Object.keys(value as object).map((key) => `${name}.${key}`)]
      : [name],
  );
}

describe("the surface", () => {
  test("exports the names of the snapshot, no more and no less", () => {
    const message = "If this is meant, accept it with `npm run api -- --accept` and say so in a changeset.";
    assert.deepEqual(exportDifferences(), [], message);
  });

  // The entry for --import takes hold of the process that loads it.
  for (const entry of entryPoints.filter(({ specifier }) => !specifier.endsWith("/register"))) {
    test(`${entry.specifier} exports at run time what its text says`, async () => {
      const module = (await import(entry.specifier)) as object;
      assert.deepEqual(keysOf(module).toSorted(), namesExportedBy(entry.source).values);
    });
  }
});
