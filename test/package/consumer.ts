import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
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
  node(...args: string[]): Ran;
}

/** Installs without a network: the packages bring no dependency but each other. */
export function createConsumer({ folder: packed, tarballs }: Packed): Consumer {
  const folder = join(packed, "consumer");
  mkdirSync(folder);
  writeFileSync(join(folder, "package.json"), `{"private":true,"type":"module"}`);
  const args = [
    "install",
    "--offline",
    "--no-audit",
    "--no-fund",
    "--loglevel=error",
    `--cache=${join(packed, "cache")}`,
  ];
  execFileSync("npm", [...args, ...tarballs.map(({ path }) => path)], { cwd: folder, encoding: "utf8" });
  return {
    folder,
    write(file, text) {
      writeFileSync(join(folder, file), text);
      return file;
    },
    node(...nodeArgs) {
      const { status, stdout, stderr } = spawnSync(process.execPath, nodeArgs, { cwd: folder, encoding: "utf8" });
      return { status, output: stdout + stderr };
    },
  };
}
