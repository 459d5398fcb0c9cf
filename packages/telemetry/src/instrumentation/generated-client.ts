import { dirname, sep } from "node:path";
import { nameIn } from "./application.ts";
import type { PackageFile } from "./package-of.ts";

/**
 * The client of Prisma that a file is of, as if it were of the package. One that was generated into a folder of the
 * application's has a copy of the runtime in it, and loads nothing of the package that it was copied from.
 */
export function generatedClientOf(filename: string): PackageFile | undefined {
  if (!runtimes.some((runtime) => filename.endsWith(runtime))) return undefined;
  const folder = dirname(dirname(filename));
  return nameIn(folder)?.startsWith("prisma-client-") ? { name: "@prisma/client", folder } : undefined;
}

/** By the engine that it was generated for. */
const runtimes = ["client.js", "library.js", "binary.js"].map((name) => `${sep}runtime${sep}${name}`);
