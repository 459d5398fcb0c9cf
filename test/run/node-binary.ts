import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "./workspaces.ts";

/** What npm reads before it lets the `node` package fetch the binary for this machine. */
const MANIFEST = { private: true, allowScripts: { node: true } };

function install(version: string, folder: string): void {
  console.log(`installing node@${version}`);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "package.json"), `${JSON.stringify(MANIFEST)}\n`);
  const args = ["install", "--no-save", "--no-package-lock", "--loglevel=error", "--prefix", folder, `node@${version}`];
  const { status } = spawnSync("npm", args, { cwd: folder, stdio: "inherit" });
  if (status !== 0)
    throw new Error(`Expected npm to install node@${version}, got exit code ${status}. Is there a network?`);
}

/** The path of a Node binary of a version (`22.15.0`, or the newest `22`), fetched from npm unless it is there. */
export function nodeBinary(version: string): string {
  const folder = join(root, ".cache/nodes", version);
  const binary = join(folder, "node_modules/node/bin/node");
  if (!existsSync(binary)) install(version, folder);
  return binary;
}

export function versionOf(binary: string): string {
  return execFileSync(binary, ["--version"], { encoding: "utf8" }).trim().replace("v", "");
}
