import { pathToFileURL } from "node:url";
import { type RunningProcess, startProcess } from "../../harness/process.ts";
import type { Scope } from "../../harness/scope.ts";
import type { Contender, Modules } from "./contenders.ts";
import { commandAt } from "./helper.ts";
import type { Scratch } from "./scratch.ts";

/** What a process says of itself. */
export interface Usage {
  /** CPU time of all of its threads since it began. */
  readonly cpuMs: number;
  readonly wallMs: number;
  readonly rssMb: number;
}

/** A service that listens. */
export interface Service {
  readonly process: RunningProcess;
  readonly port: number;
  /** When it began to listen. */
  readonly atStart: Usage;
  usage(): Promise<Usage>;
}

/** How a service is started. */
export interface ServiceOptions {
  readonly modules: Modules;
  /** Where it sends to. */
  readonly sink: number;
  readonly env?: Readonly<Record<string, string>>;
  readonly flags?: readonly string[];
}

const surroundings = {
  OTEL_SDK_DISABLED: "false",
  OTEL_SERVICE_NAME: "bench",
  SEAWORTHY_DRAIN_WINDOW_MIN_MS: "0",
  SEAWORTHY_DRAIN_WINDOW_QUIET_MS: "0",
  SEAWORTHY_LOG: "json",
};

/** Starts a contender and waits until it listens. */
export async function startService(
  scope: Scope,
  contender: Contender,
  { folder }: Scratch,
  { modules, sink, env, flags = [] }: ServiceOptions,
): Promise<Service> {
  const child = startProcess(scope, pathToFileURL(folder), {
    command: commandAt("measured", process.execPath, ...flags, ...contender.command(modules)),
    cwd: folder,
    env: { ...surroundings, OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${sink}`, ...contender.env, ...env },
  });
  const [, said = ""] = await child.until(/^ready (.+)\n/m);
  const atStart = JSON.parse(said) as Usage & { readonly port: number };
  let asked = 0;
  return {
    process: child,
    port: atStart.port,
    atStart,
    async usage() {
      asked += 1;
      child.kill("SIGUSR2");
      const [, text = ""] = await child.until(new RegExp(`(?:^usage (.+)\\n[^]*?){${asked}}`, "m"));
      return JSON.parse(text) as Usage;
    },
  };
}
