import type { OutputOptions } from "rolldown";

/** A file of a bundle that several entry points share: what all of these need, by the beginnings of their names. */
type Shared = readonly [name: string, ...of: readonly string[]];

/**
 * How a package is cut into files. Whoever starts a service loads every file on its way to `index`, so these are few;
 * what only others need is apart.
 */
interface Cut {
  /**
   * Entry points that hold no state, and bring a copy of the little that they share: nothing else is loaded with them,
   * and nothing of theirs with the others.
   */
  readonly alone?: readonly string[];
  /** What several entry points share; the first that fits a module has it. */
  readonly shared?: readonly Shared[];
}

const cuts: Readonly<Record<string, Cut>> = {
  "@seaworthy/lifecycle": { alone: ["clock"] },
  "@seaworthy/health": { alone: ["answer"] },
  "@seaworthy/http": { alone: ["probe-worker", "fastify"] },
  seaworthy: { alone: ["register"] },
  "@seaworthy/telemetry": {
    shared: [
      // Processes that never serve have this, and nothing of OpenTelemetry.
      ["early", "arm"],
      ["common", "index", "instrumentation/"],
      ["sdk", "index", "exporters/"],
      ["instrumentation", "instrumentation/"],
      ["otlp", "exporters/"],
    ],
  },
};

type Entries = Readonly<Record<string, string>>;

/** The builds that a package takes: all of its entry points together, but for those that stand alone. */
export function buildsOf(packageName: string, entries: Entries): Entries[] {
  const { alone = [] } = cuts[packageName] ?? {};
  const together = Object.entries(entries).filter(([name]) => !alone.includes(name));
  return [Object.fromEntries(together), ...alone.map((name) => ({ [name]: entries[name] as string }))];
}

type CodeSplitting = Exclude<NonNullable<OutputOptions["codeSplitting"]>, boolean>;
type Modules = Parameters<Extract<NonNullable<CodeSplitting["groups"]>[number]["name"], CallableFunction>>[1];

/** Cuts a build by what reaches what. */
export function chunksOf(packageName: string, entries: Entries): CodeSplitting | true {
  const { shared } = cuts[packageName] ?? {};
  if (shared === undefined) return true;
  let reached: ReadonlyMap<string, readonly string[]> | undefined;
  return {
    groups: shared.map(([file, ...of], place) => ({
      // What it needs itself comes along, unless that is in one of those before.
      priority: shared.length - place,
      name(id, modules) {
        reached ??= reachOf(entries, modules);
        const by = reached.get(id) ?? [];
        const isShared = by.length > 1 && of.every((part) => by.some((entry) => entry.startsWith(part)));
        return isShared ? file : undefined;
      },
    })),
  };
}

/** Which entry points lead to each module. */
function reachOf(entries: Entries, modules: Modules): ReadonlyMap<string, readonly string[]> {
  const reached = new Map<string, string[]>();
  const walk = (id: string, entry: string): void => {
    const by = reached.get(id) ?? [];
    reached.set(id, by);
    if (by.includes(entry)) return;
    by.push(entry);
    for (const next of modules.getModuleInfo(id)?.importedIds ?? []) walk(next, entry);
  };
  for (const [entry, file] of Object.entries(entries)) walk(file, entry);
  return reached;
}
