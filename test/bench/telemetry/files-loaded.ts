import { setTimeout } from "node:timers/promises";
import { openScope } from "../../harness/scope.ts";
import type { Contender } from "./contenders.ts";
import type { Scratch } from "./scratch.ts";
import { startService } from "./service.ts";

/** The files of packages that a service has loaded once it has listened for a moment. */
export interface FilesLoaded {
  readonly all: number;
  /** Those of `@opentelemetry/api`, where it is all there is of OpenTelemetry. */
  readonly ofApi: number;
}

/** Counts them, in a run of its own: a hook makes loading slower. */
export async function filesLoaded(contender: Contender, scratch: Scratch, sink: number): Promise<FilesLoaded> {
  const scope = openScope();
  try {
    const flags = ["--require", "./count-files.cjs"];
    const service = await startService(scope, contender, scratch, { modules: "cjs", sink, flags });
    await setTimeout(1_000);
    service.process.kill("SIGUSR2");
    const [, list = "[]"] = await service.process.until(/^loaded (.+)\n/m);
    const files = (JSON.parse(list) as string[]).filter((file) => file.includes("/node_modules/"));
    const ofApi = files.filter((file) => file.includes("/node_modules/@opentelemetry/api/"));
    const ofOthers = files.filter((file) => file.includes("/node_modules/@opentelemetry/"));
    return { all: files.length, ofApi: ofApi.length === ofOthers.length ? ofApi.length : 0 };
  } finally {
    await scope.end();
  }
}
