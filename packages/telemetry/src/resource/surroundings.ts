import { arch, hostname, platform, release } from "node:os";

/** The text of a file; `undefined` for one that is not there, or cannot be read. */
export type ReadText = (path: string) => string | undefined;

/** What of the process and its machine a resource is made of. */
export interface Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly readText: ReadText;
  /** The working directory, where an application that does not say where it is is looked for. */
  readonly cwd: string;
  /** The file that was started, if there is one: `process.argv[1]`. */
  readonly mainScript: string | undefined;
  readonly pid: number;
  readonly execPath: string;
  readonly nodeVersion: string;
  readonly hostname: string;
  readonly platform: string;
  readonly arch: string;
  readonly osRelease: string;
  /**
   * Tells this process or thread from the others that share its container; `undefined` for the main thread of a process
   * that nobody forked.
   */
  readonly division: string | undefined;
}

/** Those of this process. */
export function processSurroundings(env: Surroundings["env"], readText: ReadText = readTextFile): Surroundings {
  const { argv, execPath, pid, versions } = process;
  return {
    env,
    readText,
    cwd: process.cwd(),
    mainScript: argv[1],
    pid,
    execPath,
    nodeVersion: versions.node,
    hostname: hostname(),
    platform: platform(),
    arch: arch(),
    osRelease: release(),
    division: divisionOf(pid),
  };
}

/** Whoever forks, as `node:cluster` does, opens a channel to the child. */
function divisionOf(pid: number): string | undefined {
  const { isMainThread, threadId } = process.getBuiltinModule("node:worker_threads");
  const parts = [...(process.send === undefined ? [] : [pid]), ...(isMainThread ? [] : [`t${threadId}`])];
  return parts.length > 0 ? parts.join(".") : undefined;
}

/** Reads a file of a few kilobytes at most, as those under `/proc` and `/etc` are. */
export const readTextFile: ReadText = (path) => {
  try {
    return process.getBuiltinModule("node:fs").readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
};
