import { type Dirent, readdirSync } from "node:fs";
import { isAbsolute, join, relative, resolve } from "node:path";

const SKIPPED = new Set(["node_modules", "dist"]);

function isWithin(folder: string, path: string): boolean {
  const way = relative(folder, path);
  return way === "" || (!way.startsWith("..") && !isAbsolute(way));
}

function entries(folder: string): Dirent[] {
  return readdirSync(folder, { withFileTypes: true }).toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

/** Every file under a folder, sorted, without what is installed, built or hidden. */
export function filesUnder(folder: string): string[] {
  return entries(folder).flatMap((entry) => {
    if (SKIPPED.has(entry.name) || entry.name.startsWith(".")) return [];
    const path = join(folder, entry.name);
    return entry.isDirectory() ? filesUnder(path) : [path];
  });
}

/** The test files of a workspace; with paths, only those in or under one of them. */
export function testFiles(folder: string, paths: readonly string[]): string[] {
  const wanted = paths.map((path) => resolve(folder, path));
  return filesUnder(folder).filter(
    (file) => file.endsWith(".test.ts") && (wanted.length === 0 || wanted.some((path) => isWithin(path, file))),
  );
}
