import type { TestContext } from "node:test";
import { ask } from "../harness/ask.ts";
import { type ProcessOptions, type RunningProcess, startProcess } from "../harness/process.ts";

/** Starts a fixture by its name, with a grace period of 3 s unless told otherwise. */
export function startFixture(t: TestContext, name: string, options: ProcessOptions = {}): RunningProcess {
  const env = { SEAWORTHY_GRACE_PERIOD_SECONDS: "3", ...options.env };
  return startProcess(t, fixtureUrl(name), { ...options, env });
}

export const fixtureUrl = (name: string): URL => new URL(`fixtures/${name}.ts`, import.meta.url);

/** Sends an OS signal again and again until the process has ended: one too soon after the first is an echo of it. */
export function insist(t: TestContext, service: RunningProcess, osSignal: NodeJS.Signals): void {
  const again = setInterval(() => service.kill(osSignal), 60);
  service.kill(osSignal);
  t.after(() => clearInterval(again));
}

/** Where a service answers its probes. */
export async function probesOf(service: RunningProcess): Promise<string> {
  const [, port] = await service.until(/Probes are answered on \[::\]:(\d+)\./);
  return `http://localhost:${port}`;
}

/** Where the HTTP server of a service listens. */
export async function appOf(service: RunningProcess): Promise<string> {
  const [, port] = await service.until(/Found http server \[::\]:(\d+):/);
  return `http://localhost:${port}`;
}

/** What the three probes answer now. */
export async function askProbes(door: string): Promise<Readonly<Record<"startup" | "live" | "ready", number>>> {
  const [startup, live, ready] = await Promise.all(
    ["/startupz", "/livez", "/readyz"].map(async (path) => (await ask(`${door}${path}`)).status),
  );
  return { startup: startup ?? 0, live: live ?? 0, ready: ready ?? 0 };
}

/** One line of the log. */
export interface LogLine {
  readonly time: string;
  readonly level: string;
  readonly msg: string;
  readonly [field: string]: unknown;
}

/** The lines of the log whose message matches. */
export const linesOf = (service: RunningProcess, pattern: RegExp): readonly LogLine[] =>
  (service.log() as readonly LogLine[]).filter(({ msg }) => pattern.test(msg));

/** What the log says when a stop is over. */
export interface ReportLine extends LogLine {
  readonly exitCode: number;
  readonly durationMs: number;
  readonly finished: number;
  readonly cut: readonly { readonly name: string; readonly ageMs: number }[];
  readonly failures: readonly { readonly name: string; readonly outcome: string; readonly durationMs: number }[];
  readonly openHandles: Readonly<Record<string, number>>;
}

/** The one report of a service that has ended. */
export function reportOf(service: RunningProcess): ReportLine {
  const reports = service.log().filter(({ exitCode }) => exitCode !== undefined);
  if (reports.length === 1) return reports[0] as unknown as ReportLine;
  throw new Error(`Expected one report, got ${reports.length}.\n${service.stdout()}\n${service.stderr()}`);
}
