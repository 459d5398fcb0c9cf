import { execFileSync, spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { cleanEnvironment } from "../harness/process.ts";
import { root } from "../run/workspaces.ts";
import type { Packed } from "./pack.ts";

/** What a process of the consumer did. */
export interface Ran {
  readonly status: number | null;
  readonly output: string;
}

/** A user's folder with the tarballs installed, and nothing else. */
export interface Consumer {
  readonly folder: string;
  write(file: string, text: string): string;
  /** Copies a file of `fixtures/`. */
  copy(fixture: string): string;
  /** Has the folder use libraries that the workspace has installed. */
  use(...libraries: readonly string[]): void;
  node(...args: string[]): Ran;
}

/** Installs the tarballs, and from the registry what they depend on. */
export function createConsumer({ folder: packed, tarballs }: Packed): Consumer {
  const folder = join(packed, "consumer");
  mkdirSync(folder);
  writeFileSync(join(folder, "package.json"), `{"private":true,"type":"module"}`);
  const args = ["install", "--prefer-offline", "--no-audit", "--no-fund", "--loglevel=error"];
  execFileSync("npm", [...args, ...tarballs.map(({ path }) => path)], { cwd: folder, encoding: "utf8" });
  return {
    folder,
    write(file, text) {
      writeFileSync(join(folder, file), text);
      return file;
    },
    copy(fixture) {
      copyFileSync(join(import.meta.dirname, "fixtures", fixture), join(folder, fixture));
      return join(folder, fixture);
    },
    use(...libraries) {
      for (const name of libraries) symlinkSync(join(root, "node_modules", name), join(folder, "node_modules", name));
    },
    node(...nodeArgs) {
      const env = cleanEnvironment();
      const { status, stdout, stderr } = spawnSync(process.execPath, nodeArgs, { cwd: folder, encoding: "utf8", env });
      return { status, output: stdout + stderr };
    },
  };
}
