import { basename } from "node:path";
import type { Tell } from "../channels.ts";
import { type Application, applicationIn, entryFile, entryFolder, versionIn } from "./application.ts";
import { type InstrumentationChoice, choose } from "./choose.ts";
import { outOfRangeMessage } from "./findings.ts";
import { inRange } from "./in-range.ts";
import { libraries, libraryOf } from "./libraries.ts";
import type { Library } from "./library.ts";

/** Where libraries are looked for that nobody will see being loaded. */
export interface UnseenOptions {
  readonly choice: InstrumentationChoice;
  readonly tell: Tell;
  /** Default: the application of the entry file. */
  readonly application?: Application;
  /** Default: the file that Node was started with. */
  readonly entry?: string | undefined;
}

/**
 * Tells of the libraries of an application that cannot be seen being loaded, and so are not instrumented: those that
 * have become ES modules, and those that a bundler has put into the entry file. Reads the disk: it is for a process that
 * serves.
 */
export function tellUnseen({
  choice,
  tell,
  application = applicationIn(entryFolder()),
  entry = entryFile(),
}: UnseenOptions): void {
  const isWanted = (library: Library): boolean => choose(library, choice).isOn;
  for (const library of libraries.filter((one) => one.unseenFrom !== undefined && isWanted(one))) {
    const message = messageOfUnseen(library, application);
    if (message !== undefined) tell({ level: "warn", code: "instrumentation", message });
  }
  const bundled = bundledInto(entry).filter(isWanted);
  if (entry === undefined || bundled.length === 0) return;
  const names = bundled.map(({ packages: [name] }) => name).join(", ");
  tell({
    level: "warn",
    code: "instrumentation",
    message: `${basename(entry)} has ${names} inside it, as a bundler has put them there: what is no file of its own cannot be instrumented. Have the bundler leave them outside ("external"), and install them beside it.`,
  });
}

function messageOfUnseen(library: Library, application: Application): string | undefined {
  const [name = ""] = library.packages;
  const folder = application.dependsOn(name) === true ? application.folderOf(name) : undefined;
  const version = folder && versionIn(folder);
  if (version === undefined || !inRange(version, `>=${library.unseenFrom}`)) return undefined;
  return outOfRangeMessage(library, name, version, [`<${library.unseenFrom}`]);
}

/** Smaller files are written by hand. */
const smallestBundle = 64 * 1024;

/** Bundlers tell in comments where each part is from; of what was minified nothing is known. */
function bundledInto(file: string | undefined): Library[] {
  if (file === undefined) return [];
  const { readFileSync, statSync } = process.getBuiltinModule("node:fs");
  try {
    if (statSync(file).size < smallestBundle) return [];
    const found = readFileSync(file, "latin1").matchAll(/\/\/.*\bnode_modules\/((?:@[\w.-]+\/)?[\w.-]+)\//g);
    const names = new Set([...found].map(([, name = ""]) => name));
    return [...new Set([...names].map(libraryOf))].filter((library) => library !== undefined);
  } catch {
    return [];
  }
}
