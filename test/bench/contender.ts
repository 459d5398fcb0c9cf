import { fileURLToPath } from "node:url";
import { type RunningProcess, startProcess } from "../harness/process.ts";
import type { Scope } from "../harness/scope.ts";

/** What a process says of itself. */
export interface Usage {
  /** CPU time of all of its threads since it began. */
  readonly cpuMs: number;
  readonly rssMb: number;
}

/** A service that runs from built files, as it would be deployed. */
export interface Contender {
  readonly process: RunningProcess;
  readonly app: number;
  readonly probes: number;
  /** Where liveness is asked for. */
  readonly path: string;
  readonly atStart: Usage;
  usage(): Promise<Usage>;
}

export async function startContender(
  scope: Scope,
  name: string,
  env: Readonly<Record<string, string>> = {},
): Promise<Contender> {
  const file = new URL(`probes/${name}.mjs`, import.meta.url);
  const service = startProcess(scope, file, { env, command: [process.execPath, fileURLToPath(file)] });
  const [, text = ""] = await service.until(/^ready (.+)$/m);
  const said = JSON.parse(text) as Usage & Pick<Contender, "app" | "probes" | "path">;
  let asked = 0;
  return {
    process: service,
    app: said.app,
    probes: said.probes,
    path: said.path,
    atStart: said,
    async usage() {
      asked += 1;
      service.kill("SIGUSR2");
      const [, usage = ""] = await service.until(new RegExp(`^usage ${asked} (.+)$`, "m"));
      return JSON.parse(usage) as Usage;
    },
  };
}
