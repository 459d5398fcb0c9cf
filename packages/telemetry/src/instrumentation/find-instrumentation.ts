import { createRequire } from "node:module";
import { join } from "node:path";
import type { Instrumentation } from "@opentelemetry/instrumentation";
import type { Library } from "./library.ts";

/** A module of `libraries/`. */
interface Shipped {
  readonly create: (config: object) => Instrumentation;
}

/** The instrumentation of a library, made and not yet enabled. */
export interface Found {
  readonly instrumentation: Instrumentation;
  /** A file of its package; undefined for one that is shipped. */
  readonly file?: string;
}

/**
 * Finds the instrumentation of a library: ours, or the one that the application has installed.
 *
 * @returns undefined when it is not installed.
 * @throws when it cannot be loaded.
 */
export function findInstrumentation(library: Library, folders: readonly string[], config: object): Found | undefined {
  // The base class would set hooks of its own from its constructor.
  const disabled = { ...config, enabled: false };
  if (library.shipped) return { instrumentation: (ownRequire()(shippedName(library)) as Shipped).create(disabled) };
  const file = resolveFrom(folders, library.instrumentation);
  if (file === undefined) return undefined;
  const Class = classIn(ownRequire()(file));
  if (Class === undefined) throw new TypeError(`${library.instrumentation} exports no instrumentation`);
  return { instrumentation: new Class(disabled), file };
}

/**
 * The same for one that is shipped, where `require` cannot have it because somebody else is importing a part of it, as
 * Node 22 does not let it. A module whose `require` has failed so cannot be imported any more, but by another name.
 */
export async function importShipped(library: Library, config: object): Promise<Found> {
  const { create } = (await import(
    `${process.getBuiltinModule("node:url").pathToFileURL(ownRequire().resolve(shippedName(library))).href}?imported`
  )) as Shipped;
  return { instrumentation: create({ ...config, enabled: false }) };
}

// Making one takes longer than all else that arming does: it waits for a library to be met.
const ownRequire = (): NodeJS.Require => (own ??= createRequire(import.meta.url));
let own: NodeJS.Require | undefined;

const shippedName = ({ name }: Library): string => `#instrumentation/${name}`;

function resolveFrom(folders: readonly string[], packageName: string): string | undefined {
  for (const folder of folders) {
    try {
      return createRequire(join(folder, "package.json")).resolve(packageName);
    } catch {
      // Not there; perhaps in the next one.
    }
  }
  return undefined;
}

type InstrumentationClass = new (config: object) => Instrumentation;

function classIn(exports: unknown): InstrumentationClass | undefined {
  const candidates = [exports, ...Object.values(exports as object)] as unknown[];
  return candidates.find(
    (value): value is InstrumentationClass =>
      typeof value === "function" && value.name.endsWith("Instrumentation") && "enable" in (value.prototype as object),
  );
}
