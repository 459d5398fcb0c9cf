import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import type { TestContext } from "node:test";
import { type Ending, type RunningProcess, cleanEnvironment, startProcess } from "../harness/process.ts";
import { root } from "../run/workspaces.ts";

/** An example as its folder tells it. */
export interface Example {
  readonly folder: string;
  /** What `npm start` runs. */
  readonly start: string;
  /** The commands of its README, in their order. */
  readonly commands: readonly string[];
}

export function readExample(name: string): Example {
  const folder = join(root, "examples", name);
  const { scripts } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as {
    scripts: { start: string };
  };
  const readme = readFileSync(join(folder, "README.md"), "utf8");
  const blocks = [...readme.matchAll(/^```sh\n([\s\S]*?)^```/gm)].map(([, block = ""]) => block);
  return { folder, start: scripts.start, commands: blocks.flatMap((block) => block.trimEnd().split("\n")) };
}

/** Ports that are free, and times that do not keep a test waiting. */
const surroundings = {
  PORT: "0",
  OTLP_RECEIVER_PORT: "0",
  SEAWORTHY_GRACE_PERIOD_SECONDS: "9",
  // npm puts the Node of this repository first; here it is the one that runs this test.
  PATH: `${dirname(process.execPath)}${delimiter}${cleanEnvironment()["PATH"]}`,
};

/** Telemetry is off in a process under test, unless that is what is tested. */
export const telemetryOn = { OTEL_SDK_DISABLED: "false" };

/** Runs the start script of an example on the Node of this test. */
export function startExample(
  t: TestContext,
  { folder, start }: Example,
  env: Readonly<Record<string, string>> = {},
): RunningProcess {
  return startProcess(t, new URL(import.meta.url), {
    command: ["sh", "-c", start],
    cwd: folder,
    env: { ...surroundings, ...env },
  });
}

/** Where an example listens. */
export async function doorsOf(service: RunningProcess): Promise<{ readonly app: string; readonly probes: string }> {
  const [, probes] = await service.until(/Probes are answered on \[::\]:(\d+)\./);
  const [, app] = await service.until(/listens on http:\/\/localhost:(\d+)/);
  await service.until(/Started after/);
  return { app: `localhost:${app}`, probes: `localhost:${probes}` };
}

/** What a command printed, and how it ended. */
export interface Output {
  readonly code: number | null;
  readonly stdout: string;
}

/** Runs a command as a reader of a README would. */
export async function runCommand(command: string): Promise<Output> {
  const child = spawn("sh", ["-c", command], { stdio: ["ignore", "pipe", "ignore"] });
  let stdout = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
  const [code] = (await once(child, "close")) as [number | null];
  return { code, stdout };
}

/** A command in the foreground of a terminal, as far as OS signals go. */
export interface Foreground {
  until(pattern: RegExp): Promise<RegExpMatchArray>;
  /** Sends SIGINT to every process of it, as a terminal does. */
  pressCtrlC(): void;
  readonly ended: Promise<Ending>;
  output(): string;
}

/** Runs `npm start` in a folder as the leader of a process group, as a shell would. */
export function npmStart(t: TestContext, folder: string, env: Readonly<Record<string, string>> = {}): Foreground {
  const child = spawn("npm", ["start"], {
    cwd: folder,
    detached: true,
    env: cleanEnvironment({ ...surroundings, NO_UPDATE_NOTIFIER: "1", ...env }),
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  const watchers = new Set<() => void>();
  const note = (text: string): void => {
    output += text;
    for (const watch of watchers) watch();
  };
  child.stdout.setEncoding("utf8").on("data", note);
  child.stderr.setEncoding("utf8").on("data", note);
  let isOver = false;
  const ended = once(child, "close").then(([code, signal]): Ending => {
    isOver = true;
    note("");
    return { code: code as number | null, signal: signal as NodeJS.Signals | null };
  });
  const kill = (osSignal: NodeJS.Signals): void => {
    if (child.pid === undefined) return;
    try {
      process.kill(-child.pid, osSignal);
    } catch {
      // Nobody is left.
    }
  };
  t.after(async () => {
    kill("SIGKILL");
    await ended;
  });
  return {
    until: (pattern) =>
      new Promise((resolve, reject) => {
        const watch = (): void => {
          const match = pattern.exec(output);
          if (match) resolve(match);
          else if (isOver) reject(new Error(`It ended before ${pattern}.\n${output}`));
          else return;
          watchers.delete(watch);
        };
        watchers.add(watch);
        watch();
      }),
    pressCtrlC: () => kill("SIGINT"),
    ended,
    output: () => output,
  };
}
