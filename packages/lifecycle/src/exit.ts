import type { Clock } from "./clock.ts";
import { settledOrAborted } from "./until.ts";

const { inspect } = process.getBuiltinModule("node:util");

/**
 * Ends the process: the only place that does. Waits until stdout and stderr have handed over what was written to
 * them, because `process.exit()` drops what a pipe has not taken yet (64 KiB arrive of 5 MB), but no longer than
 * `flushMs`: a reader that has stopped reading must not keep the process. Who is in a `hurry` gets the rest lost and 1.
 */
export async function exitProcess(exitCode: number, clock: Clock, flushMs: number, hurry: AbortSignal): Promise<never> {
  const late = new AbortController();
  const timer = clock.after(flushMs, () => late.abort(), { ref: true });
  const written = Promise.all([process.stdout, process.stderr].map(flushed));
  await settledOrAborted(written, AbortSignal.any([late.signal, hurry]));
  timer[Symbol.dispose]();
  process.exit(hurry.aborted ? 1 : exitCode);
}

async function flushed(stream: NodeJS.WriteStream): Promise<void> {
  while (stream.writableLength > 0 && !stream.destroyed) {
    const { promise, resolve } = Promise.withResolvers<void>();
    stream.write("", () => resolve());
    await promise;
  }
}

/** Shows an error as Node would have, had nobody caught it: for a crash that no one else would tell of. */
export function lastWords(error: unknown): void {
  process.stderr.write(`${inspect(error)}\n`);
}
