import { fork } from "node:child_process";
import { once } from "node:events";
import { constants } from "node:os";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";

/** A process that `npm start` has started. */
export interface Running {
  /** What it writes to stdout, when it is piped. */
  readonly stdout: Readable | null;
  kill(osSignal: NodeJS.Signals): void;
  /** Resolves with its exit code, or what a shell makes of the OS signal that ended it. */
  readonly ended: Promise<number>;
}

/** Runs a file of this example in a process of its own. */
export function run(file: string, env: NodeJS.ProcessEnv, stdout: "inherit" | "pipe" = "inherit"): Running {
  const child = fork(new URL(file, import.meta.url), {
    env,
    execArgv: [...process.execArgv, "--import", new URL("end-with-parent.ts", import.meta.url).href],
    stdio: ["ignore", stdout, "inherit", "ipc"],
    // In a group of its own a terminal's Ctrl-C does not reach it: who stops when is said here.
    detached: true,
  });
  return {
    stdout: child.stdout,
    kill: (osSignal) => void child.kill(osSignal),
    ended: once(child, "exit").then(exitCodeOf),
  };
}

function exitCodeOf([code, osSignal]: unknown[]): number {
  return osSignal === null ? (code as number) : 128 + constants.signals[osSignal as NodeJS.Signals];
}

/** The first line that it writes; an empty one when it has ended without. */
export async function firstLineOf({ stdout }: Running): Promise<string> {
  if (stdout) for await (const line of createInterface(stdout)) return line;
  return "";
}
