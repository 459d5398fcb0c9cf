import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { type Packed, type Tarball, packAll } from "./pack.ts";

/** The most a packed package may weigh, sources and maps included, in kB. Raise a limit on purpose, in a commit that says why. */
const limits: Record<string, number> = {
  "@seaworthy/lifecycle": 70,
  "@seaworthy/health": 80,
  "@seaworthy/http": 86,
  "@seaworthy/telemetry": 780,
  seaworthy: 42,
};

/** What may come with each of them from elsewhere. */
const thirdParty: Record<string, readonly string[]> = {
  "@seaworthy/telemetry": ["import-in-the-middle", "require-in-the-middle"],
};

describe("the tarballs", () => {
  let packed: Packed;
  before(async () => {
    packed = await packAll();
  });
  after(() => packed[Symbol.dispose]());

  function each(check: (tarball: Tarball) => void): void {
    for (const tarball of packed.tarballs) check(tarball);
  }

  test("hold the built files, their sources, the README and the licence, and nothing else", () => {
    const expected = ["package.json", "README.md", "LICENSE", "src/index.ts", "dist/index.js", "dist/index.d.ts"];
    const found = packed.tarballs.flatMap(({ name, files }) => [
      ...expected.filter((file) => !files.includes(file)).map((file) => `${name} has no ${file}`),
      ...files
        .filter((file) => !expected.includes(file) && !/^(src|dist)\//.test(file))
        .map((file) => `${name} has ${file}`),
    ]);
    assert.deepEqual(found, []);
  });

  test("hold no test and no state of the compiler", () => {
    each(({ name, files }) => {
      assert.deepEqual(
        files.filter((file) => /\.test\.|tsbuildinfo|(^|\/)test\//.test(file)),
        [],
        name,
      );
    });
  });

  test("hold the declarations of every source file, and a bundle for every name that someone can ask for", () => {
    each(({ name, manifest, files }) => {
      const sources = files.filter((file) => file.startsWith("src/") && file.endsWith(".ts"));
      const targets = Object.values({ ...manifest.exports, ...manifest.imports });
      const bundles = targets.flatMap((target) => (typeof target === "string" ? [] : [target["default"] ?? "none"]));
      const built = [
        ...sources.flatMap((file) =>
          [".d.ts", ".d.ts.map"].map((end) => file.replace(/^src/, "dist").replace(/\.ts$/, end)),
        ),
        ...bundles.map((file) => file.replace("./", "")),
      ];
      const others = files.filter((file) => file.startsWith("src/") && !file.endsWith(".ts"));
      assert.deepEqual(
        built.filter((file) => !files.includes(file)),
        [],
        name,
      );
      assert.deepEqual(others, [], `${name} has sources that the compiler does not build`);
      const shared = files.filter((file) => file.startsWith("dist/shared/") && file.endsWith(".js"));
      assert.ok(shared.length <= 5, `${name} falls apart into ${shared.length} shared files`);
    });
  });

  test("are small", () => {
    const heavy = packed.tarballs.flatMap(({ name, bytes, files }) => {
      const kilobytes = (bytes / 1_000).toFixed(1);
      const limit = limits[name] ?? 0;
      console.log(`figure: ${name} ${kilobytes} kB packed, ${files.length} files, limit ${limit} kB`);
      return bytes <= limit * 1_000 ? [] : [`${name} weighs ${kilobytes} kB, expected at most ${limit} kB`];
    });
    assert.deepEqual(heavy, []);
  });

  test("bring no third-party dependency but those that are known", () => {
    const own = new Set(packed.tarballs.map(({ name }) => name));
    each(({ name, manifest }) => {
      const known = thirdParty[name] ?? [];
      const strangers = Object.keys(manifest.dependencies ?? {}).filter((dependency) => !own.has(dependency));
      assert.deepEqual(
        strangers.filter((stranger) => !known.includes(stranger)),
        [],
        name,
      );
    });
  });
});
