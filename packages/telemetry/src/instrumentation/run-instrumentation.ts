import { createRequire } from "node:module";
import { join, normalize, relative } from "node:path";
import type { LoggerProvider, MeterProvider, TracerProvider } from "@opentelemetry/api";
import type { Instrumentation, InstrumentationModuleDefinition } from "@opentelemetry/instrumentation";
import type { CommonJsModule } from "./compile-hook.ts";
import { inRange } from "./in-range.ts";
import type { PackageFile } from "./package-of.ts";

/** Where what is recorded goes; what is left out stays with the providers of the API. */
export interface Providers {
  readonly tracerProvider?: TracerProvider | undefined;
  readonly meterProvider?: MeterProvider | undefined;
  readonly loggerProvider?: LoggerProvider | undefined;
}

/** An instrumentation whose patches are applied here, not by hooks of its own. */
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
}

/** Enables an instrumentation. */
export function runInstrumentation(instrumentation: Instrumentation): RunningInstrumentation {
  const definitions = definitionsOf(instrumentation);
  const undo: (() => void)[] = [];
  leaveFilesToUs(instrumentation);
  instrumentation.enable();

  function apply(
    { patch, unpatch }: Pick<InstrumentationModuleDefinition, "patch" | "unpatch">,
    module: CommonJsModule,
    version: string,
  ): void {
    if (patch === undefined) return;
    const patched: unknown = patch(module.exports, version);
    if (patched !== undefined) module.exports = patched;
    undo.push(() => unpatch?.(patched, version));
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
    useProviders({ tracerProvider, meterProvider, loggerProvider }) {
      if (tracerProvider !== undefined) instrumentation.setTracerProvider(tracerProvider);
      if (meterProvider !== undefined) instrumentation.setMeterProvider(meterProvider);
      if (loggerProvider !== undefined) instrumentation.setLoggerProvider?.(loggerProvider);
    },
    [Symbol.dispose]() {
      instrumentation.disable();
      for (const step of undo.splice(0).toReversed()) step();
    },
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
  const { isProxy } = process.getBuiltinModule("node:util").types;
  instrumentation["_onRequire"] = (definition, exports, ...rest) =>
    isProxy(exports) ? patchFile.call(instrumentation, definition, exports, ...rest) : exports;
}

/** The file that `require` gives for the name of a package. */
function mainOf(name: string, folder: string): string | undefined {
  let main = mains.get(folder);
  if (main === undefined) {
    try {
      main = createRequire(join(folder, "package.json")).resolve(name);
    } catch {
      main = "";
    }
    mains.set(folder, main);
  }
  return main;
}

const mains = new Map<string, string>();
