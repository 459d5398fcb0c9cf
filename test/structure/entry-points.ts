import { readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { onlyCode, withoutComments } from "./blank.ts";
import { type Package, fromRoot, packages } from "./packages.ts";

/** What a user may import: `seaworthy`, `seaworthy/register`, `@seaworthy/lifecycle/testing`. */
export interface EntryPoint {
  readonly specifier: string;
  readonly source: string;
}

/** The names an entry point exports, sorted. */
export interface ExportedNames {
  readonly values: readonly string[];
  readonly types: readonly string[];
}

export const SOURCE_CONDITION = "@seaworthy/source";

export function entryPointsOf({ folder, manifest }: Package): EntryPoint[] {
  return Object.entries(manifest.exports).flatMap(([subpath, target]) => {
    const source = typeof target === "string" ? undefined : target[SOURCE_CONDITION];
    return source === undefined ? [] : [{ specifier: join(manifest.name, subpath), source: join(folder, source) }];
  });
}

export const entryPoints: readonly EntryPoint[] = packages.flatMap(entryPointsOf);

const LIST = /\bexport\s+(type\s+)?\{([^}]*)\}/g;
const DECLARATION =
  /\bexport\s+(?:declare\s+)?(?:async\s+)?(abstract\s+class|class|const|function\*?|interface|let|type)\s+(\w+)/g;
const NAMESPACE = /\bexport\s*\*\s*as\s+(\w+)\s+from\s*["']([^"']+)["']/g;
const STAR = /\bexport\s*\*\s*from\s*["']([^"']+)["']/g;

function sorted(names: Iterable<string>): string[] {
  return [...new Set(names)].toSorted();
}

function starMessage(file: string, specifier: string): string {
  return (
    `Expected ${fromRoot(file)} to name what it exports, got export * from ${specifier}. ` +
    "Write the names: it is a table of contents. Only another entry point may be passed on whole."
  );
}

/** Reads the names off the text, because types leave nothing to import. Those in a namespace are `ping.pg`. */
export function namesExportedBy(file: string): ExportedNames {
  const text = readFileSync(file, "utf8");
  const code = onlyCode(text);
  const values: string[] = [];
  const types: string[] = [];
  for (const [, isTypeList, list = ""] of code.matchAll(LIST)) {
    for (const item of list.split(",").filter((part) => part.trim() !== "")) {
      const name = item.trim().split(/\s+/).at(-1) ?? "";
      (isTypeList !== undefined || item.trim().startsWith("type ") ? types : values).push(name);
    }
  }
  for (const [, kind = "", name = ""] of code.matchAll(DECLARATION)) {
    (kind === "interface" || kind === "type" ? types : values).push(name);
  }
  for (const [, space = "", specifier = ""] of withoutComments(text).matchAll(NAMESPACE)) {
    const inner = namesExportedBy(resolve(dirname(file), specifier));
    values.push(space, ...inner.values.map((name) => `${space}.${name}`));
    types.push(...inner.types.map((name) => `${space}.${name}`));
  }
  for (const [, specifier = ""] of withoutComments(text).matchAll(STAR)) {
    const whole = entryPoints.find((entry) => entry.specifier === specifier);
    if (whole === undefined) throw new Error(starMessage(file, specifier));
    const inner = namesExportedBy(whole.source);
    values.push(...inner.values);
    types.push(...inner.types);
  }
  return { values: sorted(values), types: sorted(types) };
}
