import type * as FileSystem from "node:fs";
import { dirname, join } from "node:path";

/** What an application says of itself on disk. */
export interface Application {
  /** Its folder, or one below it. */
  readonly folder: string;
  /** Whether it names a package among its dependencies; undefined where it says nothing of any. */
  dependsOn(packageName: string): boolean | undefined;
  /** The package that it has installed under another name, as by `"redis-4": "npm:redis@4"`. */
  aliased(packageName: string): string | undefined;
  /** Whether a package is installed where its files would look for it. */
  hasInstalled(packageName: string): boolean;
  /** Where that is, with all links followed. */
  folderOf(packageName: string): string | undefined;
}

/** The application whose files are in a folder or above it. Reads the disk when it is asked, and once. */
export function applicationIn(folder: string): Application {
  let said: Said | undefined;
  const installed = (packageName: string): string | undefined =>
    above(folder)
      .map((parent) => join(parent, "node_modules", packageName))
      .find(exists);
  return {
    folder,
    dependsOn: (packageName) => (said ??= saidIn(folder)).dependencies?.has(packageName),
    aliased: (packageName) => (said ??= saidIn(folder)).aliases.get(packageName),
    hasInstalled: (packageName) => installed(packageName) !== undefined,
    folderOf(packageName) {
      const found = installed(packageName);
      return found && realPathOf(found);
    },
  };
}

/** The file that Node was started with, all links followed: one in `node_modules/.bin` is a link. */
export function entryFile(): string | undefined {
  const [, entry] = process.argv;
  try {
    return entry === undefined ? undefined : fs().realpathSync(entry);
  } catch {
    return undefined;
  }
}

/** The folder of that file, or the one that Node was started in. */
export function entryFolder(): string {
  const entry = entryFile();
  if (entry !== undefined) return dirname(entry);
  try {
    return process.cwd();
  } catch {
    // It was deleted.
    return "/";
  }
}

/** The name that a package gives itself. */
export function nameIn(folder: string): string | undefined {
  const name = readManifest(folder)?.name;
  return typeof name === "string" ? name : undefined;
}

/** The version of an installed package. */
export function versionIn(folder: string): string | undefined {
  const version = readManifest(folder)?.version;
  return typeof version === "string" ? version : undefined;
}

/** What the manifest of an application says of its dependencies. */
interface Said {
  /** By the names that they have themselves; undefined where it says nothing of any. */
  readonly dependencies: ReadonlySet<string> | undefined;
  /** Those that it calls otherwise. */
  readonly aliases: ReadonlyMap<string, string>;
}

function saidIn(folder: string): Said {
  const { dependencies, optionalDependencies, devDependencies } = manifestOf(folder) ?? {};
  const aliases = new Map<string, string>();
  for (const [name, wanted] of Object.entries({ ...devDependencies, ...optionalDependencies, ...dependencies })) {
    const [, real] = /^npm:((?:@[^/@]+\/)?[^/@]+)/.exec(String(wanted)) ?? [];
    if (real !== undefined && real !== name) aliases.set(name, real);
  }
  const names = dependencies && Object.keys(dependencies).map((name) => aliases.get(name) ?? name);
  return { dependencies: names && new Set(names), aliases };
}

function manifestOf(folder: string): Manifest | undefined {
  for (const parent of above(folder)) {
    const manifest = readManifest(parent);
    // One that only says `"type": "module"` is not the application's.
    if (manifest?.dependencies !== undefined) return manifest;
    if (manifest?.name !== undefined) return { ...manifest, dependencies: {} };
  }
  return undefined;
}

interface Manifest {
  readonly name?: unknown;
  readonly version?: unknown;
  readonly dependencies?: Dependencies;
  readonly optionalDependencies?: Dependencies;
  readonly devDependencies?: Dependencies;
}

type Dependencies = Readonly<Record<string, unknown>>;

function readManifest(folder: string): Manifest | undefined {
  try {
    return JSON.parse(fs().readFileSync(join(folder, "package.json"), "utf8")) as Manifest;
  } catch {
    return undefined;
  }
}

function above(folder: string): string[] {
  const parent = dirname(folder);
  return parent === folder ? [folder] : [folder, ...above(parent)];
}

/** What Node's permission model lets nobody read is as good as not there: asked for, it throws. */
function exists(path: string): boolean {
  try {
    return fs().existsSync(path);
  } catch {
    return false;
  }
}

function realPathOf(path: string): string {
  try {
    return fs().realpathSync(path);
  } catch {
    return path;
  }
}

const fs = (): typeof FileSystem => process.getBuiltinModule("node:fs");
