// `npm run grafana`: compares the checked-in dashboards with what the code makes. `npm run grafana -- --accept` writes
// them anew.

import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { dashboards } from "./dashboards/all.ts";

const folder = join(import.meta.dirname, "../dashboards");

/** The text of each file, by its name, as the code makes it. */
function made(): ReadonlyMap<string, string> {
  const texts = Object.entries(dashboards()).map(
    ([name, dashboard]) => [name, `${JSON.stringify(dashboard, undefined, 2)}\n`] as const,
  );
  return new Map(texts);
}

/** The text of each file that is checked in. */
function checkedIn(): ReadonlyMap<string, string> {
  const names = existsSync(folder) ? readdirSync(folder) : [];
  return new Map(names.map((name) => [name, readFileSync(join(folder, name), "utf8")]));
}

/** The names of the files that are not what the code makes, or are not there, or should not be. */
export function stale(): string[] {
  const [then, now] = [checkedIn(), made()];
  return [...new Set([...then.keys(), ...now.keys()])].filter((name) => then.get(name) !== now.get(name)).toSorted();
}

if (process.argv[1] === import.meta.filename) {
  const names = stale();
  const shown = names.map((name) => relative(process.cwd(), join(folder, name)));
  if (names.length === 0) console.log("The dashboards are what the code makes.");
  else if (process.argv.includes("--accept")) {
    const texts = made();
    mkdirSync(folder, { recursive: true });
    for (const name of names) {
      const text = texts.get(name);
      if (text === undefined) rmSync(join(folder, name));
      else writeFileSync(join(folder, name), text);
    }
    console.log(`wrote ${shown.join(", ")}`);
  } else {
    console.log(`${shown.join(", ")}: not what the code makes. Accept it with: npm run grafana -- --accept`);
    process.exitCode = 1;
  }
}
