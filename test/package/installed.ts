import { existsSync, readFileSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";

/** A package in a folder of node_modules. */
export interface Installed {
  readonly name: string;
  readonly version: string;
  readonly folder: string;
}

/** Every package that is installed under a folder, nested ones too; links are not followed. */
export function installedUnder(folder: string): Installed[] {
  const modules = join(folder, "node_modules");
  if (!existsSync(modules)) return [];
  const folders = readdirSync(modules, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith("."))
    .flatMap(({ name }) =>
      name.startsWith("@")
        ? readdirSync(join(modules, name)).map((inner) => join(modules, name, inner))
        : [join(modules, name)],
    );
  return folders.flatMap((each) => {
    const { name, version } = JSON.parse(readFileSync(join(each, "package.json"), "utf8")) as Installed;
    return [{ name, version, folder: each }, ...installedUnder(each)];
  });
}

/** What all files under a folder hold, in bytes. */
export const bytesUnder = (folder: string): number =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0);
