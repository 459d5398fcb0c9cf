import { spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync, readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";

/** A program that runs beside the service. */
export interface Part {
  readonly name: string;
  /** Resolves when it says that it is ready; rejects with the end of its log when it ends before, and when interrupted. */
  ready(url: string, interrupted: AbortSignal): Promise<void>;
  /** Ends it with SIGTERM, and waits for it to have handed on what it holds. */
  stop(): Promise<void>;
}

/** Starts a program whose log goes to a file, and whose stdout to whoever asks for it, line by line. */
export function startPart(
  name: string,
  [program, ...args]: readonly [string, ...string[]],
  options: { readonly env: NodeJS.ProcessEnv; readonly log: string; readonly onLine?: (line: string) => void },
): Part {
  const { env, log, onLine } = options;
  const file = openSync(log, "w");
  // In a group of its own a terminal's Ctrl-C does not reach it: it outlives the service, whose last telemetry it takes.
  const child = spawn(program, args, { env, stdio: ["ignore", onLine ? "pipe" : file, file], detached: true });
  closeSync(file);
  if (onLine && child.stdout) createInterface(child.stdout).on("line", onLine);
  let failure: Error | undefined;
  const ended = once(child, "close").catch((error: Error) => void (failure = error));
  return {
    name,
    async ready(url, interrupted) {
      for (;;) {
        const isAnswered = await answers(url, interrupted);
        interrupted.throwIfAborted();
        // Where it has ended another answers.
        if (child.exitCode !== null || child.signalCode !== null) {
          throw new Error(`${name} ended: ${failure?.message ?? tailOf(log)}`);
        }
        if (isAnswered) return;
        await sleep(100, undefined, { signal: interrupted });
      }
    },
    async stop() {
      child.kill("SIGTERM");
      await ended;
    },
  };
}

async function answers(url: string, interrupted: AbortSignal): Promise<boolean> {
  try {
    const { ok, body } = await fetch(url, { signal: interrupted });
    await body?.cancel();
    return ok;
  } catch {
    return false;
  }
}

const tailOf = (log: string): string => readFileSync(log, "utf8").trimEnd().split("\n").slice(-3).join("\n");
