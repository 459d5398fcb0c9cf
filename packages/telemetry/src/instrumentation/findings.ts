import type { Tell, TelemetryNotice } from "../channels.ts";
import type { Library } from "./library.ts";

/** What an operator should know of one library: it is said once. */
export interface Findings {
  missing(library: Library): void;
  outOfRange(library: Library, packageName: string, version: string, ranges: readonly string[]): void;
  loadedBefore(library: Library): void;
  /** It could not be loaded, or a patch of it threw. */
  failed(library: Library, error: unknown): void;
  /** What was found of it counts no more: it is chosen anew. */
  forget(library: Library): void;
  /** From here on they are told; what was found before is told now. */
  tellTo(tell: Tell): void;
}

/** Findings that are kept until somebody is there to be told. */
export function createFindings(): Findings {
  /** By library, and then by kind: what nobody was there to be told, or undefined for what was told. */
  const found = new Map<string, Map<string, TelemetryNotice | undefined>>();
  let tell: Tell | undefined;

  function say(kind: string, { name }: Library, level: TelemetryNotice["level"], message: string): void {
    const ofLibrary = found.get(name) ?? new Map<string, TelemetryNotice | undefined>();
    found.set(name, ofLibrary);
    if (ofLibrary.has(kind)) return;
    const notice: TelemetryNotice = { level, code: "instrumentation", message };
    ofLibrary.set(kind, tell === undefined ? notice : undefined);
    tell?.(notice);
  }

  return {
    missing(library) {
      const { name, instrumentation, packages } = library;
      const message = `${packages[0]} makes no spans: its instrumentation is not installed. Run npm install ${instrumentation}, or set "${name}" to false in the option \`instrumentations\`.`;
      say("missing", library, "info", message);
    },
    outOfRange(library, packageName, version, ranges) {
      say("range", library, "warn", outOfRangeMessage(library, packageName, version, ranges));
    },
    loadedBefore(library) {
      const message = `${library.packages[0]} was loaded before telemetry was there: its instrumentation may miss what was taken from it by then. Start Node with --import seaworthy/register.`;
      say("before", library, "warn", message);
    },
    failed(library, error) {
      const message = `The instrumentation of ${library.packages[0]} failed: ${firstLineOf(error)}. The application goes on without it; set "${library.name}" to false in the option \`instrumentations\` to leave it out.`;
      say("failed", library, "warn", message);
    },
    forget: ({ name }) => void found.delete(name),
    tellTo(to) {
      tell = to;
      for (const ofLibrary of found.values()) {
        for (const [kind, notice] of ofLibrary) {
          ofLibrary.set(kind, undefined);
          if (notice !== undefined) to(notice);
        }
      }
    },
  };
}

/** Says that a version is not supported, and what to run: an instrumentation of the application's own may have a newer one. */
export function outOfRangeMessage(
  { name, instrumentation, shipped }: Library,
  packageName: string,
  version: string,
  ranges: readonly string[],
): string {
  const install = shipped ? `"${packageName}@${ranges.join(" || ")}"` : `${instrumentation}@latest`;
  return `${packageName} ${version} found, supported ${ranges.join(" or ")}: it runs as it is, and is not instrumented. Run npm install ${install}, or set "${name}" to false in the option \`instrumentations\`.`;
}

/** What Node says of a module that it does not find goes on for as many lines as there are files that asked for it. */
function firstLineOf(error: unknown): string {
  const [line = ""] = (error instanceof Error ? error.message : String(error)).split("\n");
  return line;
}
