import { createRequire } from "node:module";
import type { Tell } from "../channels.ts";
import { type Application, applicationIn, entryFolder, versionIn } from "./application.ts";
import type { ArmedLibrary } from "./armed-library.ts";
import type * as ArmingModule from "./arming.ts";
import type { InstrumentationChoice } from "./choose.ts";
import { type CompileListener, loadedFiles, onCompile } from "./compile-hook.ts";
import { libraries } from "./libraries.ts";
import { libraryFileOf } from "./library-file.ts";
import type { Library } from "./library.ts";
import type { Providers } from "./run-instrumentation.ts";

/** How libraries are armed. */
export interface ArmOptions extends InstrumentationChoice {
  /** Where the application is, whose instrumentations are used beside ours. Default: the folder of the entry file. */
  readonly folder?: string | undefined;
  /** Who is told. Default: nobody; what is found is kept for `tellTo`. */
  readonly tell?: Tell | undefined;
}

/** Libraries that wait to be loaded, and those that were. Disposing leaves them as they are without us. */
export interface Armed extends Disposable {
  /** Hands the providers to every instrumentation, also to those to come. Until then they use those of the API. */
  useProviders(providers: Providers): void;
  /** Chooses anew: libraries that were loaded are instrumented, or no longer, by what is chosen now. */
  choose(choice: InstrumentationChoice): void;
  /** Names who is told, and tells what was found so far. */
  tellTo(tell: Tell): void;
  /** The known libraries that the application has loaded. */
  list(): readonly ArmedLibrary[];
}

/**
 * Arms the libraries that are known: when the first file of one is loaded, its instrumentation is, and no other one.
 * Until then a process has the table and one hook, and nothing of OpenTelemetry. It never throws, and a library whose
 * instrumentation does is left as it is.
 */
export function armInstrumentations({ folder, tell, ...first }: ArmOptions = {}): Armed {
  const application = applicationIn(folder ?? entryFolder());
  /** Libraries that nobody wants, and where they are: they are let by. */
  const letBy = new Map<Library, string>();
  let start: ArmingModule.ArmingStart = { application, choice: first, providers: {}, tell };
  let arming: ArmingModule.Arming | undefined;

  function begin(): ArmingModule.Arming | undefined {
    try {
      const { createArming } = createRequire(import.meta.url)("#instrumentation/arming") as typeof ArmingModule;
      arming = createArming(start);
      arming.begin();
    } catch (error) {
      hook[Symbol.dispose]();
      const message = `No library is instrumented: ${String(error)}. Install the package anew.`;
      start.tell?.({ level: "error", code: "instrumentation", message });
    }
    return arming;
  }

  const meet: CompileListener = (filename) => {
    const found = libraryFileOf(filename, application);
    if (found === undefined) return undefined;
    const { file, library } = found;
    if (arming === undefined && library.off !== undefined) {
      letBy.set(library, file.folder);
      return undefined;
    }
    return (arming ?? begin())?.prepare(file, library);
  };

  const hook = onCompile(meet);
  if (namesAny(first) || hasEsModules(application)) begin();
  // What was loaded before is reached as it begins.
  for (const [filename] of loadedFiles()) if (arming === undefined) meet(filename);

  return {
    useProviders(providers) {
      start = { ...start, providers: { ...start.providers, ...providers } };
      arming?.useProviders(providers);
    },
    choose(choice) {
      start = { ...start, choice };
      if (arming !== undefined) arming.choose(choice);
      else if (namesAny(choice)) begin();
    },
    tellTo(to) {
      start = { ...start, tell: to };
      arming?.tellTo(to);
    },
    list() {
      const armed = arming?.list() ?? [];
      const passed = [...letBy].filter(([{ name }]) => armed.every(({ library }) => library !== name));
      return [...armed, ...passed.map(([library, place]) => describeOff(library, place))];
    },
    [Symbol.dispose]() {
      hook[Symbol.dispose]();
      arming?.[Symbol.dispose]();
    },
  };
}

/** Whether there are names that may name nothing. */
const namesAny = ({ instrumentations = {}, enabled = [], disabled = [] }: InstrumentationChoice): boolean =>
  enabled.length + disabled.length + Object.keys(instrumentations).length > 0;

/** Whether a library is installed that can be loaded without a file of CommonJS. */
const hasEsModules = (application: Application): boolean =>
  libraries.some(({ esModules, off, packages }) => esModules && !off && packages.some(application.hasInstalled));

const describeOff = ({ name, instrumentation }: Library, folder: string): ArmedLibrary => ({
  library: name,
  version: versionIn(folder),
  instrumentation,
  state: "off",
});
