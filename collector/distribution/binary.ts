import { createHash } from "node:crypto";
import { accessSync, constants, readFileSync } from "node:fs";
import { join } from "node:path";
import { cacheFolder } from "../go-build.ts";

/** What the distribution is called, and its binary. */
export const distribution = "otelcol-seaworthy";

/** The Collector to run, or why there is none: one line for a person. */
export type Collector = { readonly path: string } | { readonly missing: string };

/** Where the build of today's manifest is, or will be: another byte in what is built is another folder. */
export function buildFolder(): string {
  const key = createHash("sha256").update(`${process.platform} ${process.arch}\n`);
  for (const name of ["manifest.yaml", "go.mod", "go.sum"]) key.update(readFileSync(join(import.meta.dirname, name)));
  return cacheFolder("collector", key.digest("hex").slice(0, 16));
}

/**
 * The Collector of this machine: the one that `OTELCOL_BIN` names, or else the one that `npm run collector:build` left
 * in the cache. Builds nothing.
 */
export function otelcol(): Collector {
  const named = process.env["OTELCOL_BIN"];
  const path = named || join(buildFolder(), distribution);
  if (isProgram(path)) return { path };
  return {
    missing: named ? `OTELCOL_BIN names no program: ${named}` : "no Collector is built here: npm run collector:build",
  };
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
