// `npm run api`: compares the exported names with the checked-in ones. `npm run api -- --accept` writes them anew.

import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type ExportedNames, entryPoints, namesExportedBy } from "./entry-points.ts";
import { fromRoot, readJson } from "./packages.ts";

const file = join(import.meta.dirname, "exports.snapshot.json");

type Snapshot = Record<string, ExportedNames>;

function currentExports(): Snapshot {
  return Object.fromEntries(entryPoints.map((entry) => [entry.specifier, namesExportedBy(entry.source)]));
}

function lines(snapshot: Snapshot): string[] {
  return Object.entries(snapshot).flatMap(([specifier, { values, types }]) => [
    specifier,
    ...values.map((name) => `${specifier} ${name}`),
    ...types.map((name) => `${specifier} type ${name}`),
  ]);
}

/** One line for every name that came or went since the snapshot was accepted. */
export function exportDifferences(): string[] {
  const before = lines(existsSync(file) ? (readJson(file) as Snapshot) : {});
  const now = lines(currentExports());
  return [
    ...before.filter((line) => !now.includes(line)).map((line) => `- ${line}`),
    ...now.filter((line) => !before.includes(line)).map((line) => `+ ${line}`),
  ];
}

if (process.argv[1] === import.meta.filename) {
  const differences = exportDifferences();
  console.log(differences.join("\n") || "The exported names are those of the snapshot.");
  if (process.argv.includes("--accept")) {
    writeFileSync(file, `${JSON.stringify(currentExports(), undefined, 2)}\n`);
    console.log(`wrote ${fromRoot(file)}`);
  } else if (differences.length > 0) {
    console.log("If this is meant, accept it with: npm run api -- --accept");
    process.exitCode = 1;
  }
}
