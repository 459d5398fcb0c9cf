import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join, relative } from "node:path";
import { filesUnder } from "../run/test-files.ts";
import { root } from "../run/workspaces.ts";

export { root } from "../run/workspaces.ts";

export interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly private?: boolean;
  readonly license?: string;
  readonly engines?: { readonly node?: string };
  readonly exports: Record<string, string | Record<string, string>>;
  /** Names for its own files: `#zero-code`. */
  readonly imports?: Record<string, Record<string, string>>;
  readonly dependencies?: Record<string, string>;
  readonly peerDependencies?: Record<string, string>;
  readonly devDependencies?: Record<string, string>;
}

/** One published package. */
export interface Package {
  /** The name of its folder: `health`. */
  readonly short: string;
  readonly folder: string;
  readonly manifest: Manifest;
  /** Its own source files. */
  readonly sources: readonly string[];
}

export function readJson(path: string): unknown {
  return JSON.parse(readFileSync(path, "utf8"));
}

/** A path as a person would type it at the root. */
export function fromRoot(path: string): string {
  return relative(root, path);
}

/** The Markdown pages of the repository that are written by hand. */
export const pages: readonly string[] = filesUnder(root).filter(
  (file) => file.endsWith(".md") && !file.endsWith("CHANGELOG.md"),
);

export const packages: readonly Package[] = readdirSync(join(root, "packages"))
  .toSorted()
  .filter((short) => existsSync(join(root, "packages", short, "package.json")))
  .map((short) => {
    const folder = join(root, "packages", short);
    const sources = filesUnder(join(folder, "src")).filter((file) => file.endsWith(".ts"));
    return { short, folder, manifest: readJson(join(folder, "package.json")) as Manifest, sources };
  })
  .filter(({ manifest }) => manifest.private !== true);
