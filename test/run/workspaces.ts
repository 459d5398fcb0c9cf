import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join, resolve } from "node:path";

export const root: string = resolve(import.meta.dirname, "../..");

export interface Workspace {
  readonly name: string;
  readonly folder: string;
  readonly hasTests: boolean;
}

function children(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .toSorted()
    .map((name) => join(folder, name));
}

/** The workspace in a folder, or undefined where there is no package.json. */
export function workspaceAt(folder: string): Workspace | undefined {
  const file = join(folder, "package.json");
  if (!existsSync(file)) return undefined;
  const manifest = JSON.parse(readFileSync(file, "utf8")) as { name: string; scripts?: Record<string, string> };
  return { name: manifest.name, folder, hasTests: manifest.scripts?.["test"] !== undefined };
}

/** Every workspace of the repository that has a `test` script. */
export function testedWorkspaces(): Workspace[] {
  const folders = [...children(join(root, "packages")), ...children(join(root, "examples")), join(root, "test")];
  return folders.flatMap((folder) => workspaceAt(folder) ?? []).filter((workspace) => workspace.hasTests);
}
