// `node test/run/bundle.ts`, in the folder of a package: builds what is published of it. A file for each entry point, and
// what several of them share beside them: a process loads a few files in place of a hundred, in a quarter of the time.
// What a package depends on stays outside; what it is only developed with goes inside, with its licence.

import { readFileSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { build } from "rolldown";
import { ascii } from "./ascii.ts";
import { buildsOf, chunksOf } from "./chunks.ts";
import { lazyBuiltins } from "./lazy-builtins.ts";
import { licencesOf } from "./licences.ts";
import { standIns, stoodFor } from "./stand-ins.ts";

const SOURCE_CONDITION = "@seaworthy/source";

type Targets = Readonly<Record<string, string | Readonly<Record<string, string>>>>;

type Manifest = { readonly name: string } & Partial<
  Readonly<Record<"exports" | "imports", Targets> & Record<"dependencies" | "peerDependencies", Record<string, string>>>
>;

/** Bundles a package whose declarations the compiler has put into `dist`. */
export async function bundle(folder: string): Promise<void> {
  const dist = join(folder, "dist");
  for (const file of readdirSync(dist, { recursive: true, encoding: "utf8" })) {
    if (/\.js(\.map)?$|^LICENCES\.md$/.test(file)) rmSync(join(dist, file));
  }
  const manifest = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as Manifest;
  const outside = Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies }).filter(
    (name) => !stoodFor.includes(name),
  );
  for (const input of buildsOf(manifest.name, entriesOf(folder, manifest))) {
    await build({
      cwd: folder,
      input,
      external: [/^node:/, ...outside.map((name) => new RegExp(`^${name}(/|$)`))],
      platform: "node",
      logLevel: "warn",
      checks: { pluginTimings: false },
      // The names of attributes are constants of a file that has a thousand of them.
      optimization: { inlineConst: { mode: "all", pass: 3 } },
      plugins: [standIns(folder), lazyBuiltins, ascii, licencesOf(folder)],
      output: {
        dir: dist,
        format: "esm",
        sourcemap: true,
        // The sources are published beside it.
        sourcemapExcludeSources: true,
        entryFileNames: "[name].js",
        chunkFileNames: "shared/[name].js",
        codeSplitting: chunksOf(manifest.name, input),
        comments: { legal: true, annotation: false, jsdoc: false },
      },
    });
  }
}

/** Every file that someone can ask for by a name: users by `exports`, the package itself by `imports`. */
function entriesOf(folder: string, manifest: Manifest): Record<string, string> {
  const targets = Object.values({ ...manifest.exports, ...manifest.imports });
  const sources = targets.flatMap((target) => (typeof target === "string" ? [] : (target[SOURCE_CONDITION] ?? [])));
  return Object.fromEntries(sources.map((source) => [source.replace(/^\.\/src\/|\.ts$/g, ""), join(folder, source)]));
}

if (import.meta.main ?? process.argv[1] === import.meta.filename) await bundle(process.cwd());
