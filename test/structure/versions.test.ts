import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { type Manifest, fromRoot, packages, readJson, root } from "./packages.ts";

const own = readJson(join(root, "package.json")) as Manifest & { devDependencies: Record<string, string> };

const lock = readJson(join(root, "package-lock.json")) as {
  packages: Record<string, { resolved?: string; optionalDependencies?: Record<string, string> }>;
};

function distinct(values: Iterable<string | undefined>): (string | undefined)[] {
  return [...new Set(values)];
}

describe("versions", () => {
  test("all packages share one", () => {
    assert.equal(distinct(packages.map(({ manifest }) => manifest.version)).length, 1);
  });

  test("packages depend on each other in that very version", () => {
    const arrows = packages.flatMap(({ manifest }) =>
      Object.entries(manifest.dependencies ?? {})
        .filter(([name]) => packages.some((other) => other.manifest.name === name))
        .filter(([, range]) => range !== manifest.version)
        .map(([name, range]) => `${manifest.name} wants ${name} ${range}, expected ${manifest.version}`),
    );
    assert.deepEqual(arrows, []);
  });

  test("a version constant is that of its package.json", () => {
    for (const { folder, manifest, sources } of packages) {
      const file = join(folder, "src/version.ts");
      if (!sources.includes(file)) continue;
      const constant = /\bversion(?:: string)? = "([^"]*)"/.exec(readFileSync(file, "utf8"))?.[1];
      assert.equal(constant, manifest.version, fromRoot(file));
    }
  });

  test("every package wants the same Node", () => {
    assert.deepEqual(distinct([own, ...packages.map(({ manifest }) => manifest)].map(({ engines }) => engines?.node)), [
      own.engines?.node,
    ]);
  });

  test("contributors' Node is one version, everywhere", () => {
    assert.equal(readFileSync(join(root, ".node-version"), "utf8").trim(), own.devDependencies["node"]);
  });

  test("every package has the licence, word for word", () => {
    const licence = readFileSync(join(root, "LICENSE"), "utf8");
    for (const { folder, manifest } of packages) {
      const file = join(folder, "LICENSE");
      assert.ok(existsSync(file), `expected ${fromRoot(file)}, got none; copy the one at the root`);
      assert.ok(readFileSync(file, "utf8") === licence, `expected ${fromRoot(file)} to equal LICENSE; copy it again`);
      assert.equal(manifest.license, "Apache-2.0", manifest.name);
    }
  });

  test("the lock file names no host", () => {
    const hosts = Object.entries(lock.packages).filter(([, { resolved = "" }]) => /^[\w+]*:\/\//.test(resolved));
    assert.deepEqual(
      hosts.map(([name]) => name),
      [],
      "install with the .npmrc of the repository",
    );
  });

  // npm drops what the registry could not give it, and then `npm ci` refuses the lock file it wrote.
  test("the lock file knows the optional packages of every platform", () => {
    const locked = Object.keys(lock.packages);
    const missing = Object.entries(lock.packages).flatMap(([name, { optionalDependencies = {} }]) =>
      Object.keys(optionalDependencies)
        .filter((optional) => !locked.some((path) => path.endsWith(`node_modules/${optional}`)))
        .map((optional) => `${name} wants ${optional}`),
    );
    assert.deepEqual(missing, [], "choose a version whose platform packages can all be had, and lock anew");
  });
});
