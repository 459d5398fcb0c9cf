import { cpSync, mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { TestContext } from "node:test";
import { root } from "../run/workspaces.ts";

const ours = ["lifecycle", "health", "http", "telemetry", "seaworthy"];

/**
 * Copies our packages into a folder of their own, with the libraries of this repository beside them, and gives the URLs
 * of what another copy is entered by.
 */
export function copyPackages(t: TestContext): { readonly seaworthy: string; readonly telemetry: string } {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "seaworthy-copy-")));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  // Not in node_modules, where Node strips no types.
  for (const name of ours) {
    const from = join(root, "packages", name);
    for (const part of ["src", "package.json"])
      cpSync(join(from, part), join(folder, "packages", name, part), { recursive: true });
  }
  const modules = join(folder, "node_modules");
  mkdirSync(join(modules, "@seaworthy"), { recursive: true });
  for (const name of ours) {
    const to = name === "seaworthy" ? name : `@seaworthy/${name}`;
    symlinkSync(join(folder, "packages", name), join(modules, to));
  }
  const libraries = readdirSync(join(root, "node_modules")).filter(
    (name) => !name.startsWith(".") && name !== "@seaworthy" && name !== "seaworthy",
  );
  for (const name of libraries) symlinkSync(join(root, "node_modules", name), join(modules, name));
  const entry = (name: string): string => pathToFileURL(join(folder, "packages", name, "src/index.ts")).href;
  return { seaworthy: entry("seaworthy"), telemetry: entry("telemetry") };
}
