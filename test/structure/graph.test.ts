import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { basename, dirname, join, relative, resolve } from "node:path";
import { describe, test } from "node:test";
import { findCircle, importsOf, isRelative } from "./imports.ts";
import { type Manifest, fromRoot, packages, readJson } from "./packages.ts";

// The graph of the design. Calls flow up it, events flow out of it; nothing reaches back.
//
//                       seaworthy
//                 ┌─────────┴─────────┐
//          @seaworthy/http   @seaworthy/telemetry
//                 └─────────┬─────────┘
//                   @seaworthy/health
//                           │
//                  @seaworthy/lifecycle
//
// Only telemetry has a third-party dependency. What it is developed with, OpenTelemetry's SDK, goes into its bundle.
const arrows: Record<string, readonly string[]> = {
  lifecycle: [],
  health: ["@seaworthy/lifecycle"],
  http: ["@seaworthy/health", "@seaworthy/lifecycle"],
  telemetry: ["@seaworthy/health", "@seaworthy/lifecycle", "import-in-the-middle"],
  seaworthy: ["@seaworthy/health", "@seaworthy/http", "@seaworthy/lifecycle", "@seaworthy/telemetry"],
};

/** What wraps ES modules is found by its folder, and only where there are some to wrap. */
const byWhatIsInside: ReadonlySet<string> = new Set(["import-in-the-middle"]);

function packageNameOf(specifier: string): string {
  return specifier.startsWith("#") ? specifier : specifier.split("/", specifier.startsWith("@") ? 2 : 1).join("/");
}

describe("the graph", () => {
  test("knows every package", () => {
    assert.deepEqual(
      packages.map(({ short }) => short),
      Object.keys(arrows).toSorted(),
    );
  });

  for (const { short, folder, manifest, sources } of packages) {
    const outside = sources.flatMap((file) =>
      importsOf(file).flatMap(({ specifier }) => (isRelative(specifier) ? [] : { file, specifier })),
    );

    test(`${manifest.name} depends on exactly what the graph says`, () => {
      assert.deepEqual(Object.keys(manifest.dependencies ?? {}).toSorted(), arrows[short] ?? []);
    });

    test(`${manifest.name} imports only node:*, its dependencies and its own files`, () => {
      const inside = short === "telemetry" ? manifest.devDependencies : {};
      const declared = { ...manifest.dependencies, ...manifest.peerDependencies, ...manifest.imports, ...inside };
      const strangers = outside
        .filter(({ specifier }) => !specifier.startsWith("node:") && declared[packageNameOf(specifier)] === undefined)
        .map(({ file, specifier }) => `${fromRoot(file)} imports ${specifier}`);
      const escapes = sources.flatMap((file) =>
        importsOf(file)
          .filter(({ specifier }) => isRelative(specifier))
          .filter(({ specifier }) => relative(join(folder, "src"), resolve(dirname(file), specifier)).startsWith(".."))
          .map(({ specifier }) => `${fromRoot(file)} imports ${specifier}`),
      );
      assert.deepEqual([...strangers, ...escapes], []);
    });

    test(`${manifest.name} imports every package it depends on`, () => {
      const imported = new Set(outside.map(({ specifier }) => packageNameOf(specifier)));
      assert.deepEqual(
        Object.keys(manifest.dependencies ?? {}).filter((name) => !imported.has(name) && !byWhatIsInside.has(name)),
        [],
      );
    });

    test(`${manifest.name} has tsconfig references equal to its dependencies`, () => {
      const { references } = readJson(join(folder, "tsconfig.json")) as { references: { path: string }[] };
      const names = references.map(({ path }) => (readJson(join(folder, path, "package.json")) as Manifest).name);
      const own = Object.keys(manifest.dependencies ?? {}).filter((name) => name.startsWith("@seaworthy/"));
      assert.deepEqual(names.toSorted(), own.toSorted());
    });

    test(`${manifest.name} imports files that exist, with their extension`, () => {
      const missing = sources.flatMap((file) =>
        importsOf(file)
          .filter(({ specifier }) => isRelative(specifier) && !existsSync(resolve(dirname(file), specifier)))
          .map(({ specifier }) => `${fromRoot(file)} imports ${specifier}`),
      );
      assert.deepEqual(missing, []);
    });

    test(`${manifest.name} has no circle of imports`, () => {
      const circle = findCircle(sources);
      assert.equal(circle?.map(fromRoot).join(" → "), undefined);
    });
  }

  test("files are named for their idea", () => {
    const nameless = /^(utils?|helpers?|common|shared|misc)\b/;
    const files = packages.flatMap(({ sources }) => sources);
    const found = files.filter((file) =>
      fromRoot(file)
        .split("/")
        .some((part) => nameless.test(basename(part))),
    );
    assert.deepEqual(found.map(fromRoot), [], "name the idea, or move the code to the file that needs it");
  });
});
