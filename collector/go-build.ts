import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";

/** A folder outside the tree where built programs stay: in `XDG_CACHE_HOME`, by default `~/.cache`. */
export function cacheFolder(...parts: readonly string[]): string {
  return join(process.env["XDG_CACHE_HOME"] || join(homedir(), ".cache"), "seaworthy", ...parts);
}

/** Runs Go where it is, printing what it prints to stderr. Throws when there is none, and when it does not end with 0. */
export function go(args: readonly string[], env: Readonly<Record<string, string>>, cwd?: string): void {
  const { status, error } = spawnSync("go", args, {
    cwd,
    env: { ...process.env, CGO_ENABLED: "0", ...env },
    stdio: ["ignore", 2, 2],
  });
  if (error) {
    const message = `Expected Go on the PATH, got ${error.message}. Install Go, or name built programs.`;
    throw new Error(message, { cause: error });
  }
  if (status !== 0) throw new Error(`Expected go ${args[0]} to end with 0, got ${status}. Read what it printed above.`);
}

/**
 * Fills a folder once. It is there whole or not at all: it is made under a temporary name and renamed, so that two who
 * build at once do not hurt each other.
 *
 * @returns The folder.
 */
export function buildOnce(folder: string, build: (into: string) => void): string {
  if (existsSync(folder)) return folder;
  mkdirSync(dirname(folder), { recursive: true });
  const temporary = mkdtempSync(`${folder}.`);
  try {
    build(temporary);
    renameSync(temporary, folder);
  } catch (error) {
    rmSync(temporary, { recursive: true, force: true });
    // Somebody else was faster.
    if (!existsSync(folder)) throw error;
  }
  return folder;
}
