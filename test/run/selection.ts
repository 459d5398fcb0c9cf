import { existsSync } from "node:fs";
import { basename, isAbsolute, relative, resolve } from "node:path";
import { refuse } from "./refuse.ts";
import { type Workspace, root, testedWorkspaces } from "./workspaces.ts";

/** Which workspaces to run, and which paths in them; no paths means all of their tests. */
export interface Selection {
  readonly workspaces: readonly Workspace[];
  readonly paths: readonly string[];
}

function holds({ folder }: Workspace, path: string): boolean {
  const way = relative(folder, path);
  return !way.startsWith("..") && !isAbsolute(way);
}

/** An argument is a workspace's name or a part of it, or a path in one (`test/process`). */
function select(argument: string, all: readonly Workspace[]): Selection {
  const path = resolve(root, argument);
  const holders = existsSync(path) ? all.filter((workspace) => holds(workspace, path)) : [];
  if (holders.length > 0) return { workspaces: holders, paths: [path] };
  const exact = all.filter(({ name, folder }) => name === argument || basename(folder) === argument);
  const named = exact.length > 0 ? exact : all.filter(({ name }) => name.includes(argument));
  if (named.length > 0) return { workspaces: named, paths: named.map(({ folder }) => folder) };
  return refuse(
    `Expected a path, or a part of the name of a workspace with tests, got ${JSON.stringify(argument)}. ` +
      `Name one of: ${all.map((workspace) => workspace.name).join(", ")}.`,
  );
}

export function selectRun(args: readonly string[]): Selection {
  const all = testedWorkspaces();
  if (args.length === 0) return { workspaces: all, paths: [] };
  const selections = args.map((argument) => select(argument, all));
  const wanted = new Set(selections.flatMap((selection) => selection.workspaces));
  return {
    workspaces: all.filter((workspace) => wanted.has(workspace)),
    paths: selections.flatMap((selection) => selection.paths),
  };
}
