import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { END, type TestRecord } from "./events.ts";
import { nodeFlags } from "./node-flags.ts";

/** How the process of one test file ended. */
export interface TestProcessEnd {
  readonly records: readonly TestRecord[];
  /** Whether the tests came to their end before the process did. */
  readonly complete: boolean;
  readonly code: number | null;
  readonly killedBy: NodeJS.Signals | null;
  readonly timedOut: boolean;
  readonly output: string;
  readonly seconds: number;
}

const EVENTS = join(import.meta.dirname, "events.ts");
const running = new Set<ChildProcess>();

/** A test file leads a process group, so that what it starts and forgets goes with it. SIGTERM may be trapped. */
function killGroup({ pid }: ChildProcess): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, "SIGKILL");
  } catch {
    // Nothing of the group is left.
  }
}

for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.once(signal, () => {
    for (const child of running) killGroup(child);
    process.exit(1);
  });
}

/** Lines end in a newline; what follows the last one was being written when the process went. */
function readLines(file: string): string[] {
  return existsSync(file) ? readFileSync(file, "utf8").split("\n").slice(0, -1) : [];
}

/** Runs one test file in a process of its own, on the Node that runs this, and waits for its end. */
export async function runTestProcess(file: string, cwd: string, timeoutMs: number): Promise<TestProcessEnd> {
  const scratch = mkdtempSync(join(tmpdir(), "seaworthy-test-"));
  const destination = join(scratch, "records");
  const reporter = [`--test-reporter=${EVENTS}`, `--test-reporter-destination=${destination}`];
  const startedAt = performance.now();
  const child = spawn(process.execPath, [...nodeFlags, ...reporter, file], {
    cwd,
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
  });
  running.add(child);
  let output = "";
  let timedOut = false;
  child.stdout.setEncoding("utf8").on("data", (text: string) => (output += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (output += text));
  const timer = setTimeout(() => {
    timedOut = true;
    killGroup(child);
  }, timeoutMs);
  child.once("exit", () => killGroup(child));
  const { promise, resolve, reject } = Promise.withResolvers<[number | null, NodeJS.Signals | null]>();
  child.once("close", (code, signal) => resolve([code, signal])).once("error", reject);
  try {
    const [code, killedBy] = await promise;
    const seconds = (performance.now() - startedAt) / 1_000;
    const lines = readLines(destination);
    const records = lines.filter((line) => line !== END).map((line) => JSON.parse(line) as TestRecord);
    return { records, complete: lines.at(-1) === END, code, killedBy, timedOut, output, seconds };
  } finally {
    clearTimeout(timer);
    running.delete(child);
    rmSync(scratch, { recursive: true, force: true });
  }
}
