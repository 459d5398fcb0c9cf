import { createRequire } from "node:module";
import { join, normalize, relative, sep } from "node:path";
import type { LoggerProvider, MeterProvider, TracerProvider } from "@opentelemetry/api";
import type { Instrumentation, InstrumentationModuleDefinition } from "@opentelemetry/instrumentation";
import { loadApi } from "../load-api.ts";
import type { CommonJsModule } from "./compile-hook.ts";
import { inRange } from "./in-range.ts";
import type { PackageFile } from "./package-of.ts";

/** Where what is recorded goes; what is left out stays with the providers of the API. */
export interface Providers {
  readonly tracerProvider?: TracerProvider | undefined;
  readonly meterProvider?: MeterProvider | undefined;
  readonly loggerProvider?: LoggerProvider | undefined;
}

/**
 * An instrumentation whose patches are applied here, not by hooks of its own. Disposing takes them back, as far as nobody
 * else has patched the same since; what the application keeps of them records nothing from then on. It never throws.
 */
export interface RunningInstrumentation extends Disposable {
  /** The ranges that it supports of a package; undefined for a package that it does not know. */
  rangesOf(packageName: string): readonly string[] | undefined;
  /**
   * Applies what it has for a file that was loaded.
   *
   * @throws what a patch throws.
   */
  patch(module: CommonJsModule, file: PackageFile, version: string): void;
  useProviders(providers: Providers): void;
}

/** What every instrumentation made by the base class has, beyond the interface. */
interface Defining extends Instrumentation {
  getModuleDefinitions?(): InstrumentationModuleDefinition[];
  init?(): InstrumentationModuleDefinition | InstrumentationModuleDefinition[] | undefined;
  _onRequire?(definition: unknown, exports: unknown, ...rest: unknown[]): unknown;
  _wrap?(target: object, name: PropertyKey, wrapper: unknown): unknown;
  _unwrap?(target: object, name: PropertyKey): unknown;
}

/** Enables an instrumentation. */
export function runInstrumentation(instrumentation: Instrumentation): RunningInstrumentation {
  const definitions = definitionsOf(instrumentation);
  const undo: (() => void)[] = [];
  leaveFilesToUs(instrumentation);
  const keepOthersPatches = watchPatches(instrumentation);
  instrumentation.enable();

  function apply(
    { patch, unpatch }: Pick<InstrumentationModuleDefinition, "patch" | "unpatch">,
    module: CommonJsModule,
    version: string,
  ): void {
    if (patch === undefined) return;
    const original = module.exports;
    const patched: unknown = patch(original, version);
    if (patched !== undefined) module.exports = patched;
    undo.push(
      () => unpatch?.(patched, version),
      () => {
        if (patched !== undefined && module.exports === patched) module.exports = original;
      },
    );
  }

  function useProviders({ tracerProvider, meterProvider, loggerProvider }: Providers): void {
    if (tracerProvider !== undefined) instrumentation.setTracerProvider(tracerProvider);
    if (meterProvider !== undefined) instrumentation.setMeterProvider(meterProvider);
    if (loggerProvider !== undefined) instrumentation.setLoggerProvider?.(loggerProvider);
  }

  return {
    rangesOf(packageName) {
      const known = definitions.filter(({ name }) => name === packageName);
      return known.length === 0 ? undefined : known.flatMap(({ supportedVersions }) => supportedVersions);
    },
    patch(module, { name, folder }, version) {
      const isMain = mainOf(name, folder) === module.filename;
      const path = join(name, relative(folder, module.filename));
      for (const definition of definitions) {
        if (definition.name !== name) continue;
        const parts = isMain ? [definition] : definition.files.filter((file) => normalize(file.name) === path);
        for (const part of parts) {
          if (part.supportedVersions.some((range) => inRange(version, range))) apply(part, module, version);
        }
      }
    },
    useProviders,
    [Symbol.dispose]() {
      keepOthersPatches();
      const steps = [() => useProviders(silent()), ...undo.splice(0), () => instrumentation.disable()];
      for (const step of steps.toReversed()) {
        try {
          step();
        } catch {
          // The next one may do.
        }
      }
    },
  };
}

/** Nowhere. An application keeps what it took from a library, such as a function that it imported by its name. */
function silent(): Providers {
  const { ProxyTracerProvider, createNoopLogger, createNoopMeter } = loadApi();
  return {
    tracerProvider: new ProxyTracerProvider(),
    meterProvider: { getMeter: () => createNoopMeter() },
    loggerProvider: { getLogger: () => createNoopLogger() },
  };
}

/**
 * Notes what an instrumentation has put in the place of functions.
 *
 * @returns Has it take back only that: it would take out whatever is outermost, which can be another instrumentation's.
 */
function watchPatches(instrumentation: Defining): () => void {
  // One for several generations of a library is made of one for each.
  const parts = [instrumentation, ...(Object.values(instrumentation) as Partial<Defining>[])].filter(isPatching);
  const keep = parts.map((part) => watchPatchesOf(part));
  return () => {
    for (const step of keep) step();
  };
}

/** What patches functions, in the base class. */
type Patching = Required<Pick<Defining, "_wrap" | "_unwrap">>;

const isPatching = (part: Partial<Defining> | null | undefined): part is Patching =>
  typeof part?.["_wrap"] === "function" && typeof part["_unwrap"] === "function";

function watchPatchesOf(part: Patching): () => void {
  const own = new WeakSet<object>();
  const { _wrap: wrap, _unwrap: unwrap } = part;
  part["_wrap"] = (target, name, wrapper) => {
    const wrapped = wrap.call(part, target, name, wrapper);
    if (typeof wrapped === "function") own.add(wrapped);
    return wrapped;
  };
  return () => {
    part["_unwrap"] = (target, name) => {
      const outermost = (target as Readonly<Record<PropertyKey, unknown>>)[name];
      if (typeof outermost !== "function" || !own.has(outermost)) return;
      unwrap.call(part, target, name);
      // Of an ES module it leaves what it finds.
      const { __original: original } = outermost as { readonly __original?: unknown };
      if (isProxy(target) && original !== undefined) Object.defineProperty(target, name, { value: original });
    };
  };
}

function definitionsOf(instrumentation: Defining): readonly InstrumentationModuleDefinition[] {
  const defined = instrumentation.getModuleDefinitions?.() ?? instrumentation.init?.() ?? [];
  return Array.isArray(defined) ? defined : [defined];
}

/**
 * The base class asks require-in-the-middle and import-in-the-middle to be called for the same files. Of those calls only
 * the ones for ES modules are let through, which are given as a proxy: nothing is to be patched twice.
 */
function leaveFilesToUs(instrumentation: Defining): void {
  const patchFile = instrumentation["_onRequire"];
  if (typeof patchFile !== "function") return;
  instrumentation["_onRequire"] = (definition, exports, ...rest) =>
    isProxy(exports) ? patchFile.call(instrumentation, definition, exports, ...rest) : exports;
}

const isProxy = (value: unknown): boolean => process.getBuiltinModule("node:util").types.isProxy(value);

/** The file that `require` gives for the name of a package. */
function mainOf(name: string, folder: string): string | undefined {
  let main = mains.get(folder);
  if (main === undefined) mains.set(folder, (main = resolveMain(name, folder)));
  return main;
}

function resolveMain(name: string, folder: string): string {
  const { resolve } = createRequire(join(folder, "package.json"));
  // Without `exports` a package is not found by its name from within, but where that leads, which is to another one if
  // it is installed under another name.
  for (const path of [name, folder]) {
    try {
      const main = resolve(path);
      if (main.startsWith(join(folder, sep))) return main;
    } catch {
      // It has no such file.
    }
  }
  return "";
}

const mains = new Map<string, string>();
