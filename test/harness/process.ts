import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { nodeFlags } from "../run/node-flags.ts";
import type { Scope } from "./scope.ts";

/** How a process is started. */
export interface ProcessOptions {
  readonly args?: readonly string[];
  /** Flags of Node, before the file. */
  readonly flags?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** Another program than this Node, given the whole command line; the file is then only what it is told to run. */
  readonly command?: readonly [program: string, ...args: string[]];
}

/** How a process ended. */
export interface Ending {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** A real process under test, killed when its test is over. */
export interface RunningProcess {
  readonly child: ChildProcess;
  readonly pid: number;
  stdout(): string;
  stderr(): string;
  /** The JSON lines of stderr: what the umbrella's log says. */
  log(): readonly Record<string, unknown>[];
  /** Waits until either stream has matched. Fails with all output when the process ends first. */
  until(pattern: RegExp): Promise<RegExpMatchArray>;
  kill(osSignal: NodeJS.Signals): void;
  /** Resolves when the process has ended and both streams are read to their end. */
  readonly ended: Promise<Ending>;
}

const notInherited = /^(SEAWORTHY_|KUBERNETES_|OTEL_|NODE_OPTIONS$|NODE_TEST_CONTEXT$|npm_)/;

/** The environment of a process under test: this one's, without what would steer it. */
export function cleanEnvironment(env: Readonly<Record<string, string>> = {}): NodeJS.ProcessEnv {
  const inherited = Object.entries(process.env).filter(([name]) => !notInherited.test(name));
  return { ...Object.fromEntries(inherited), SEAWORTHY_PROBE_PORT: "0", OTEL_SDK_DISABLED: "true", ...env };
}

/** Starts a process and ends it with SIGKILL after the test, or whatever else its scope is, at the latest. */
export function startProcess(t: Scope, file: URL, options: ProcessOptions = {}): RunningProcess {
  const { args = [], flags = [], env, cwd, command } = options;
  const [program, ...rest] = command ?? [process.execPath, ...nodeFlags, ...flags, fileURLToPath(file), ...args];
  const child = spawn(program, rest, { env: cleanEnvironment(env), cwd, stdio: ["ignore", "pipe", "pipe"] });
  const output = { stdout: "", stderr: "" };
  const watchers = new Set<() => void>();
  for (const name of ["stdout", "stderr"] as const) {
    child[name].setEncoding("utf8").on("data", (chunk: string) => {
      output[name] += chunk;
      for (const watch of watchers) watch();
    });
  }
  const ended = once(child, "close").then(([code, signal]): Ending => {
    for (const watch of watchers) watch();
    return { code: code as number | null, signal: signal as NodeJS.Signals | null };
  });
  t.after(async () => {
    child.kill("SIGKILL");
    await ended;
  });

  return {
    child,
    pid: child.pid ?? -1,
    stdout: () => output.stdout,
    stderr: () => output.stderr,
    log: () => output.stderr.split("\n").flatMap(parseLine),
    until: (pattern) =>
      new Promise((resolve, reject) => {
        const watch = (): void => {
          const match = pattern.exec(output.stdout) ?? pattern.exec(output.stderr);
          if (match) resolve(match);
          else if (child.exitCode !== null || child.signalCode !== null) {
            reject(new Error(`The process ended before ${pattern}.\n${output.stdout}\n${output.stderr}`));
          } else return;
          watchers.delete(watch);
        };
        watchers.add(watch);
        watch();
      }),
    kill: (osSignal) => void child.kill(osSignal),
    ended,
  };
}

function parseLine(line: string): Record<string, unknown>[] {
  try {
    return [JSON.parse(line) as Record<string, unknown>];
  } catch {
    return [];
  }
}
