import type { CommonJsModule } from "./compile-hook.ts";
import { versionIn } from "./application.ts";
import { inRange } from "./in-range.ts";
import type { Library } from "./library.ts";
import type { PackageFile } from "./package-of.ts";
import type { RunningInstrumentation } from "./run-instrumentation.ts";

/**
 * How it is with a library that the application uses: `armed`, its instrumentation is at work; `off`, nobody wants it;
 * `missing`, its instrumentation is not installed; `out of range`, its version is not one that the instrumentation
 * knows; `loaded before`, it is at work, but came too late for what had been taken from the library by then; `failed`,
 * the instrumentation threw.
 */
export type LibraryState = "armed" | "off" | "missing" | "out of range" | "loaded before" | "failed";

/** A library that the application uses. */
export interface ArmedLibrary {
  /** Short name, such as `pg`. */
  readonly library: string;
  /** The version that was loaded; of several copies the first that is supported. */
  readonly version: string | undefined;
  /** The npm package of the instrumentation. */
  readonly instrumentation: string;
  readonly state: LibraryState;
}

/** A library that was met, and what was made of it. */
export interface Met {
  readonly library: Library;
  /** Each installed copy of each of its packages, by folder. */
  readonly copies: Map<string, Copy>;
  state: LibraryState;
  running?: RunningInstrumentation | undefined;
  /** The file of an instrumentation that the application has installed. */
  file?: string | undefined;
}

/** An installed copy of a package. */
export interface Copy {
  readonly packageName: string;
  readonly version: string | undefined;
  readonly isSupported: boolean;
  readonly patched: WeakSet<object>;
}

/** What is found in a copy that its instrumentation does not support. */
export type OutOfRange = (packageName: string, version: string, ranges: readonly string[]) => void;

/** The copy of a library that a file is of. */
export function copyOf(met: Met, { name, folder }: PackageFile, outOfRange: OutOfRange): Copy {
  let copy = met.copies.get(folder);
  if (copy !== undefined) return copy;
  const version = versionIn(folder);
  const ranges = met.running?.rangesOf(name);
  const isSupported = version !== undefined && (ranges?.some((range) => inRange(version, range)) ?? true);
  copy = { packageName: name, version, isSupported, patched: new WeakSet() };
  met.copies.set(folder, copy);
  if (isSupported && met.state === "out of range") met.state = "armed";
  if (version !== undefined && !isSupported && !met.library.facades?.includes(name)) {
    const isOnly = [...met.copies.values()].every((one) => !one.isSupported);
    if (isOnly) met.state = "out of range";
    outOfRange(name, version, ranges ?? []);
  }
  return copy;
}

/** Patches a file of a copy, unless that was done. */
export function patchFile(met: Met, module: CommonJsModule, file: PackageFile, copy: Copy): void {
  if (met.running === undefined || copy.version === undefined || copy.patched.has(module)) return;
  // What `require` gives of an ES module cannot be changed.
  if (process.getBuiltinModule("node:util").types.isModuleNamespaceObject(module.exports)) return;
  copy.patched.add(module);
  met.running.patch(module, file, copy.version);
}

/** What is told of it. */
export function describe({ library, copies, state }: Met): ArmedLibrary {
  const all = [...copies.values()];
  const counting = all.filter(({ packageName }) => !library.facades?.includes(packageName));
  const first = counting.find(({ isSupported }) => isSupported) ?? counting[0];
  return {
    library: library.name,
    version: (first ?? all[0])?.version,
    instrumentation: library.instrumentation,
    state,
  };
}
