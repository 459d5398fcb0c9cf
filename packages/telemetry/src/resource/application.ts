import { dirname, join } from "node:path";
import type { Surroundings } from "./surroundings.ts";

/** What an application's `package.json` says of it. */
export interface Application {
  /** Without the scope, which is who owns it. */
  readonly name: string;
  readonly version: string | undefined;
}

/**
 * The `package.json` of the application: the nearest with a name above the file that was started, or in the folder that
 * was (`node .`); above the working directory where that is a dependency's (`next start`) or there is none.
 */
export function findApplication({ mainScript, cwd, readText }: Surroundings): Application | undefined {
  const isOwn = mainScript !== undefined && !/[\\/]node_modules[\\/]/.test(mainScript);
  for (const folder of upwards(isOwn ? mainScript : cwd)) {
    const application = readManifest(readText(join(folder, "package.json")));
    if (application) return application;
  }
  return undefined;
}

function* upwards(from: string): Generator<string> {
  for (let folder = from; ; folder = dirname(folder)) {
    yield folder;
    if (dirname(folder) === folder) return;
  }
}

function readManifest(text: string | undefined): Application | undefined {
  if (text === undefined) return undefined;
  const { name, version } = parse(text);
  if (typeof name !== "string") return undefined;
  const unscoped = name.replace(/^@[^/]*\//, "").trim();
  if (unscoped === "") return undefined;
  return { name: unscoped, version: typeof version === "string" && version !== "" ? version : undefined };
}

function parse(text: string): { readonly name?: unknown; readonly version?: unknown } {
  try {
    const parsed: unknown = JSON.parse(text);
    return typeof parsed === "object" && parsed !== null ? parsed : {};
  } catch {
    return {};
  }
}
