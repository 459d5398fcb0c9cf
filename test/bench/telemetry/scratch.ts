import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bytesUnder, installedUnder } from "../../package/installed.ts";
import type { Tarball } from "../../package/pack.ts";
import { type Contender, application } from "./contenders.ts";

/** A folder with an application and what it is measured with, installed by npm. */
export interface Scratch {
  readonly folder: string;
  readonly packages: number;
  readonly megabytes: number;
}

/** Installs once for each set of versions: a second run finds the folder of the first. */
export function scratchOf({ install }: Contender, tarballs: readonly Tarball[]): Scratch {
  const wanted = install === "packed" ? tarballs.map(({ path }) => path) : install;
  const contents = install === "packed" ? wanted.map((path) => readFileSync(path)) : wanted;
  const hash = createHash("sha256").update(application.join());
  for (const content of contents) hash.update(content);
  const folder = join(tmpdir(), "seaworthy-bench", hash.digest("hex").slice(0, 16));
  if (!existsSync(join(folder, "installed"))) {
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, "package.json"), `{ "name": "bench", "version": "1.0.0", "private": true }`);
    const args = ["install", "--prefer-offline", "--no-audit", "--no-fund", "--loglevel=error"];
    execFileSync("npm", [...args, ...application, ...wanted], { cwd: folder, stdio: ["ignore", "ignore", "inherit"] });
    writeFileSync(join(folder, "installed"), "");
  }
  cpSync(join(import.meta.dirname, "apps"), folder, { recursive: true });
  return {
    folder,
    packages: installedUnder(folder).length,
    megabytes: bytesUnder(join(folder, "node_modules")) / 1e6,
  };
}
