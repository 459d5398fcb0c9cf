import { openScope } from "../../harness/scope.ts";
import type { Contender, Modules } from "./contenders.ts";
import type { Helper } from "./helper.ts";
import type { Scratch } from "./scratch.ts";
import { startService } from "./service.ts";

/** What `load.mjs` says of a run. */
export interface Load {
  readonly requests: number;
  readonly failed: number;
}

/** What one request costs, and how many a second there were. */
export interface Cost {
  readonly us: number;
  readonly perSecond: number;
}

export interface CostOptions {
  readonly modules: Modules;
  readonly env: Readonly<Record<string, string>>;
  readonly sink: Helper;
  readonly load: Helper;
}

const warmMs = 700;
const measuredMs = 2_000;

/** What a request costs a service that has as many as it can answer. */
export async function costsOf(
  contender: Contender,
  scratch: Scratch,
  { modules, env, sink, load }: CostOptions,
): Promise<Cost> {
  const scope = openScope();
  try {
    const service = await startService(scope, contender, scratch, { modules, env, sink: sink.port });
    const { port } = service;
    await load.ask({ port, ms: warmMs });
    const before = await service.usage();
    const { requests, failed } = await load.ask<Load>({ port, ms: measuredMs });
    const after = await service.usage();
    if (failed > 0 || requests === 0) throw new Error(`${failed} of ${requests} requests failed`);
    return {
      us: ((after.cpuMs - before.cpuMs) * 1_000) / requests,
      perSecond: (requests * 1_000) / (after.wallMs - before.wallMs),
    };
  } finally {
    await scope.end();
  }
}
