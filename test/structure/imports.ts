import { existsSync, readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { withoutComments } from "./blank.ts";

export interface Import {
  readonly specifier: string;
  /** Gone at run time: `import type`, `export type`. */
  readonly isType: boolean;
}

const STATEMENT = /\b(?:import|export)\s+(type\s+)?(?:[\w*$\s{},]+?\sfrom\s*)?["']([^"']+)["']/g;
const DYNAMIC = /\b(?:import|require|resolve|createRequire\([^)]*\))\(\s*["']([^"']+)["']/g;
const FILE_URL = /\bnew URL\(\s*["'](\.[^"']+)["']\s*,\s*import\.meta\.url/g;

/** What a source file imports, loads or names by URL, in the order of the text. */
export function importsOf(file: string): Import[] {
  const text = withoutComments(readFileSync(file, "utf8"));
  const find = (pattern: RegExp): RegExpExecArray[] => [...text.matchAll(pattern)];
  const found = [
    ...find(STATEMENT).map(({ index, 1: type, 2: specifier = "" }) => ({
      index,
      specifier,
      isType: type !== undefined,
    })),
    ...[...find(DYNAMIC), ...find(FILE_URL)].map(({ index, 1: specifier = "" }) => ({
      index,
      specifier,
      isType: false,
    })),
  ];
  return found.toSorted((a, b) => a.index - b.index);
}

export function isRelative(specifier: string): boolean {
  return specifier.startsWith(".");
}

/** The files of ours that a source file needs at run time. */
export function filesNeededBy(file: string): string[] {
  const needed = importsOf(file).filter(({ specifier, isType }) => isRelative(specifier) && !isType);
  return needed.map(({ specifier }) => resolve(dirname(file), specifier)).filter((path) => existsSync(path));
}

/** The first circle among files, as the way round it; undefined when there is none. */
export function findCircle(files: readonly string[]): string[] | undefined {
  const done = new Set<string>();
  function visit(file: string, way: readonly string[]): string[] | undefined {
    if (way.includes(file)) return [...way.slice(way.indexOf(file)), file];
    if (done.has(file) || !file.endsWith(".ts")) return undefined;
    for (const next of filesNeededBy(file)) {
      const circle = visit(next, [...way, file]);
      if (circle !== undefined) return circle;
    }
    done.add(file);
    return undefined;
  }
  for (const file of files) {
    const circle = visit(file, []);
    if (circle !== undefined) return circle;
  }
  return undefined;
}
