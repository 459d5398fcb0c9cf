import type { TestContext } from "node:test";
import { type Answer, type AskOptions, ask } from "../harness/ask.ts";
import { type ProcessOptions, type RunningProcess, startProcess } from "../harness/process.ts";
import { appOf, probesOf } from "../process/fixture.ts";

/** A service that is ready for work, and where it answers. */
export interface ProbedService {
  readonly process: RunningProcess;
  readonly app: string;
  readonly probes: string;
  /** Asks for a probe with the kubelet's own time-out of one second. */
  probe(path: string, options?: AskOptions): Promise<Answer>;
}

/** Starts a fixture of this folder and waits until it is ready for work. */
export async function startService(t: TestContext, name: string, options?: ProcessOptions): Promise<ProbedService> {
  const file = name.includes(".") ? name : `${name}.ts`;
  const process = startProcess(t, new URL(`fixtures/${file}`, import.meta.url), options);
  const [app, probes] = await Promise.all([appOf(process), probesOf(process), process.until(/Started after/)]);
  return {
    process,
    app,
    probes,
    probe: (path, asked) => ask(`${probes}${path}`, { signal: AbortSignal.timeout(1_000), ...asked }),
  };
}

/** Blocks the main thread from now on, for so long. */
export async function block({ app, process }: ProbedService, ms: number): Promise<void> {
  await ask(`${app}/block?ms=${ms}`);
  await process.until(/blocked/);
}
