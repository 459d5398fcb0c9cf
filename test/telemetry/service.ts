import type { TestContext } from "node:test";
import { type Receiver, startReceiver } from "@seaworthy/otlp-receiver";
import { type ProcessOptions, type RunningProcess, startProcess } from "../harness/process.ts";

/** A receiver on a free port, closed after the test. */
export async function openReceiver(t: TestContext): Promise<Receiver> {
  const receiver = await startReceiver({ port: 0 });
  t.after(() => receiver[Symbol.asyncDispose]());
  return receiver;
}

/** Telemetry on, and a stop that waits for nobody. */
const surroundings = {
  OTEL_SDK_DISABLED: "false",
  SEAWORTHY_GRACE_PERIOD_SECONDS: "20",
  SEAWORTHY_DRAIN_WINDOW_MIN_MS: "0",
  SEAWORTHY_DRAIN_WINDOW_QUIET_MS: "0",
  SEAWORTHY_LINGER_MS: "50",
};

/** Starts a fixture in a folder where `seaworthy` resolves, and has it send to an endpoint. */
export function startService(
  t: TestContext,
  fixture: string,
  endpoint: string | undefined,
  options: ProcessOptions = {},
): RunningProcess {
  return startProcess(t, new URL(`fixtures/${fixture}`, import.meta.url), {
    cwd: import.meta.dirname,
    ...options,
    env: {
      ...surroundings,
      ...(endpoint !== undefined && { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint }),
      ...options.env,
    },
  });
}

/** Where a service listens, once it is started. */
export interface Doors {
  readonly app: string;
  readonly probes: string;
}

/** Waits until a service is started. */
export async function whenStarted(service: RunningProcess): Promise<Doors> {
  const [, port] = await service.until(/port (\d+)/);
  const [, probePort] = await service.until(/Probes are answered on \[::\]:(\d+)\./);
  await service.until(/Started after/);
  return { app: `http://localhost:${port}`, probes: `http://localhost:${probePort}` };
}

/** A line of the log that telemetry has told. */
export interface Told {
  readonly level: string;
  readonly telemetry: string;
  readonly msg: string;
}

/** What telemetry has told, of one code or all. */
export const toldBy = (service: RunningProcess, code?: string): readonly Told[] =>
  (service.log() as unknown as readonly Told[]).filter(({ telemetry }) =>
    code === undefined ? telemetry !== undefined : telemetry === code,
  );

/** What was delivered of a pipeline, as the report has it. */
export interface Delivered {
  readonly sent: number;
  readonly lost: number;
}

/** The one report of a service that has ended, in words. */
export function reportOf(service: RunningProcess): string {
  const reports = service.log().filter(({ exitCode }) => exitCode !== undefined);
  if (reports.length === 1) return String(reports[0]?.["msg"]);
  throw new Error(`Expected one report, got ${reports.length}.\n${service.stdout()}\n${service.stderr()}`);
}

/** What the report says of each pipeline. */
export function deliveriesOf(service: RunningProcess): Readonly<Record<string, Delivered>> {
  const [, note = ""] = / telemetry: (.*)\.$/.exec(reportOf(service)) ?? [];
  const found = note.matchAll(/(\d+) (span|data point|log record)s? sent(?:, (\d+) lost)?/g);
  return Object.fromEntries(
    [...found].map(([, sent, item = "", lost = "0"]) => [`${item}s`, { sent: Number(sent), lost: Number(lost) }]),
  );
}

/** All of stderr that is no line of our log. */
export const strayLines = (service: RunningProcess): readonly string[] =>
  service
    .stderr()
    .split("\n")
    .filter((line) => line !== "" && !/^\{"time":.*\}$/.test(line));
