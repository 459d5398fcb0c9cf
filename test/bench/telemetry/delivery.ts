import { setTimeout } from "node:timers/promises";
import { openScope } from "../../harness/scope.ts";
import { type Contender, on } from "./contenders.ts";
import type { Helper } from "./helper.ts";
import type { Load } from "./request-costs.ts";
import type { Scratch } from "./scratch.ts";
import { startService } from "./service.ts";

interface Counted {
  readonly serverSpans: number;
}

const loadMs = 3_000;
/** Longer than any processor keeps a span that it could send. */
const settleMs = 6_000;

/** Of the requests of a run at saturation, how many server spans arrived, and what is said of the others. */
export async function deliveryOf(
  contender: Contender,
  scratch: Scratch,
  { sink, load }: { readonly sink: Helper; readonly load: Helper },
): Promise<string> {
  const scope = openScope();
  try {
    const service = await startService(scope, contender, scratch, { modules: "cjs", sink: sink.port });
    await sink.ask("forget");
    const { requests } = await load.ask<Load>({ port: service.port, ms: loadMs });
    await setTimeout(settleMs);
    service.process.kill("SIGTERM");
    await Promise.race([service.process.ended, setTimeout(3_000)]);
    const { serverSpans } = await sink.ask<Counted>("count");
    const arrived = `${((serverSpans / requests) * 100).toFixed(serverSpans === requests ? 0 : 1)} %`;
    if (contender !== on) return arrived;
    const [, sent = "0", lost = "0"] = /(\d+) spans? sent(?:, (\d+) lost)?/.exec(service.process.stderr()) ?? [];
    return Number(lost) === 0 ? arrived : `${arrived}, and ${lost} of ${Number(sent) + Number(lost)} counted as lost`;
  } finally {
    await scope.end();
  }
}
