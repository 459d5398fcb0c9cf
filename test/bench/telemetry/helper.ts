import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";

/** Where a process of the benchmark runs: what is measured has a CPU for itself, where there are two. */
export type Place = "measured" | "beside";

const places: Readonly<Record<Place, string>> = { measured: "0", beside: "1" };

/** Whether processes can be kept to a CPU. */
export const isPinned: boolean = availableParallelism() > 1 && hasTaskset();

function hasTaskset(): boolean {
  try {
    execFileSync("taskset", ["--version"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

/** A command line that keeps a program to its place. */
export const commandAt = (place: Place, ...command: readonly [string, ...string[]]): readonly [string, ...string[]] =>
  isPinned ? ["taskset", "-c", places[place], ...command] : command;

/** A process that answers each message with one. */
export interface Helper {
  /** What it said when it was ready. */
  readonly port: number;
  ask<Answer>(message: unknown): Promise<Answer>;
  end(): void;
}

/** Starts `sink.mjs` or `load.mjs`, beside what is measured. */
export async function startHelper(name: "sink" | "load"): Promise<Helper> {
  const file = fileURLToPath(new URL(`${name}.mjs`, import.meta.url));
  const [program, ...args] = commandAt("beside", process.execPath, file);
  const child: ChildProcess = spawn(program, args, { stdio: ["ignore", "inherit", "inherit", "ipc"] });
  const ended = once(child, "exit").then(() => Promise.reject(new Error(`${name}.mjs has ended`)));
  ended.catch(() => {});
  const [{ port }] = (await Promise.race([once(child, "message"), ended])) as [{ port: number }];
  return {
    port,
    async ask<Answer>(message: unknown) {
      const answered = once(child, "message") as Promise<[Answer]>;
      child.send(message as object);
      return (await Promise.race([answered, ended]))[0];
    },
    end: () => void child.kill(),
  };
}
