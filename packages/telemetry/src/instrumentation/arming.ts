import type { Tell } from "../channels.ts";
import type { Application } from "./application.ts";
import { type Copy, type Met, copyOf, describe, patchFile } from "./armed-library.ts";
import type { Armed } from "./arm.ts";
import { type InstrumentationChoice, choose, isChosenAnew, tellNames } from "./choose.ts";
import { type CommonJsModule, loadedFiles } from "./compile-hook.ts";
import { type ImportListener, onImport, stopWrapping, wrapModules } from "./es-modules.ts";
import { type Found, findInstrumentation, importShipped } from "./find-instrumentation.ts";
import { createFindings } from "./findings.ts";
import { inRange } from "./in-range.ts";
import { libraries, libraryOf } from "./libraries.ts";
import { libraryFileOf } from "./library-file.ts";
import type { Library } from "./library.ts";
import type { PackageFile } from "./package-of.ts";
import { type Providers, runInstrumentation } from "./run-instrumentation.ts";

/** What was said to it before it was there. */
export interface ArmingStart {
  readonly application: Application;
  readonly choice: InstrumentationChoice;
  readonly providers: Providers;
  readonly tell: Tell | undefined;
}

/** What arming does once the application uses a library that is known. */
export interface Arming extends Armed {
  /** Instruments the libraries that were loaded. Never throws. */
  begin(): void;
  /** What is to be done with a file of a known library when it has run; undefined for nothing. Never throws. */
  prepare(file: PackageFile, library: Library): ((module: CommonJsModule) => void) | undefined;
}

/** Whether all of what an application took from a package before is instrumented as well. */
function reachesLate({ late, exceptLate }: Library, { name, folder }: PackageFile, { copies }: Met): boolean {
  const except = exceptLate?.[name];
  return late === true && (except === undefined || !inRange(copies.get(folder)?.version ?? "", except));
}

/** Nothing done yet. */
export function createArming({ application, choice: first, providers: given, tell }: ArmingStart): Arming {
  const findings = createFindings();
  const all = new Map<string, Met>();
  const awaited = new Set<Library>();
  let importHook: Disposable | undefined;
  let choice = first;
  let providers = given;

  function meet(library: Library, place: string): Met {
    let met = all.get(library.name);
    if (met !== undefined) return met;
    met = { library, copies: new Map(), state: "off" };
    all.set(library.name, met);
    const { isOn, config } = choose(library, choice);
    if (isOn) start(met, config, place);
    return met;
  }

  function start(met: Met, config: object, place: string): void {
    const { library } = met;
    try {
      const found = findInstrumentation(library, [application.folder, place], config);
      if (found !== undefined) return run(met, found);
      met.state = "missing";
      if (library.packages.some((name) => application.dependsOn(name) !== false)) findings.missing(library);
    } catch (error) {
      if (!library.shipped) return fail(met, error);
      // It may be that it cannot be required at this very moment.
      importShipped(library, config)
        .then((found) => {
          if (all.get(library.name) !== met) return;
          run(met, found);
          reachLoaded((name) => library.packages.includes(name));
        })
        .catch((later: unknown) => fail(met, later));
    }
  }

  function run(met: Met, { instrumentation, file }: Found): void {
    met.running = runInstrumentation(instrumentation);
    met.running.useProviders(providers);
    met.file = file;
    met.state = "armed";
    met.copies.clear();
  }

  function fail(met: Met, error: unknown): void {
    met.state = "failed";
    findings.failed(met.library, error);
  }

  function prepare(file: PackageFile, library: Library): ((module: CommonJsModule) => void) | undefined {
    const met = meet(library, file.folder);
    const copy = supportedCopy(met, file);
    if (met.running === undefined || copy === undefined) return undefined;
    return (module) => {
      try {
        patchFile(met, module, file, copy);
      } catch (error) {
        fail(met, error);
      }
    };
  }

  function supportedCopy(met: Met, file: PackageFile): Copy | undefined {
    try {
      const copy = copyOf(met, file, (...found) => findings.outOfRange(met.library, ...found));
      return copy.isSupported ? copy : undefined;
    } catch (error) {
      // What an instrumentation says of itself need not make sense.
      fail(met, error);
      return undefined;
    }
  }

  /** Patches what was loaded before: files of CommonJS, whoever asked for them. */
  function reachLoaded(isWanted: (packageName: string) => boolean): void {
    for (const [filename, module] of loadedFiles()) {
      const found = libraryFileOf(filename, application);
      if (found === undefined || !isWanted(found.file.name) || !module.loaded) continue;
      const { file, library } = found;
      prepare(file, library)?.(module);
      const met = all.get(library.name);
      if (met?.state !== "armed" || reachesLate(library, file, met)) continue;
      met.state = "loaded before";
      findings.loadedBefore(library);
    }
  }

  /** ES modules are watched only where there can be any that can be instrumented, and until they have come. */
  function watchImports(): void {
    const installed = libraries.filter(
      ({ esModules, packages }) => esModules && packages.some((name) => application.hasInstalled(name)),
    );
    for (const library of installed) {
      if (!choose(library, choice).isOn) continue;
      if (library.shipped || application.hasInstalled(library.instrumentation)) awaited.add(library);
      else if (library.packages.some((name) => application.dependsOn(name))) findings.missing(library);
    }
    if (awaited.size > 0) importHook = onImport(new Set([...awaited].flatMap(({ packages }) => packages)), onEsModule);
  }

  const onEsModule: ImportListener = ({ name, folder: url }) => {
    const library = libraryOf(name);
    if (library === undefined) return undefined;
    const file = { name, folder: process.getBuiltinModule("node:url").fileURLToPath(url) };
    awaited.delete(library);
    if (awaited.size === 0) importHook?.[Symbol.dispose]();
    const met = meet(library, file.folder);
    if (met.file === undefined || supportedCopy(met, file) === undefined) return undefined;
    try {
      return wrapModules(met.file, library.packages);
    } catch (error) {
      fail(met, error);
      return undefined;
    }
  };

  let listener: Tell | undefined;
  function tellTo(to: Tell): void {
    listener = to;
    findings.tellTo(to);
    tellNames(choice, to);
  }

  return {
    begin() {
      if (tell !== undefined) tellTo(tell);
      watchImports();
      reachLoaded(() => true);
    },
    prepare,
    useProviders(more) {
      providers = { ...providers, ...more };
      for (const { running } of all.values()) running?.useProviders(providers);
    },
    choose(next) {
      const before = choice;
      choice = next;
      if (listener !== undefined) tellNames(choice, listener);
      const changed = libraries.filter((library) => isChosenAnew(library, before, next));
      for (const library of changed) {
        findings.forget(library);
        all.get(library.name)?.running?.[Symbol.dispose]();
        all.delete(library.name);
      }
      reachLoaded((name) => changed.some(({ packages }) => packages.includes(name)));
    },
    tellTo,
    list: () => [...all.values()].map(describe),
    [Symbol.dispose]() {
      importHook?.[Symbol.dispose]();
      stopWrapping();
      for (const { running } of all.values()) running?.[Symbol.dispose]();
      all.clear();
    },
  };
}
