// `npm run bench:telemetry -- [rounds]`: what telemetry costs an Express service, by Seaworthy and by its peers in turn, each
// installed as a user would have it. Writes what it measured into the README of @seaworthy/telemetry.

import { setTimeout } from "node:timers/promises";
import { openScope } from "../harness/scope.ts";
import { packAll } from "../package/pack.ts";
import { rounds, turned } from "./figures.ts";
import { writeBlock } from "./readme-block.ts";
import { type Modules, bare, contenders, off } from "./telemetry/contenders.ts";
import { deliveryOf } from "./telemetry/delivery.ts";
import { type Entry, type Mode, createEntry, modeNames, modes, plainModeOf } from "./telemetry/entry.ts";
import { filesLoaded } from "./telemetry/files-loaded.ts";
import { startHelper } from "./telemetry/helper.ts";
import { reportOn } from "./telemetry/report.ts";
import { costsOf } from "./telemetry/request-costs.ts";
import { scratchOf } from "./telemetry/scratch.ts";
import { type Service, startService } from "./telemetry/service.ts";

const conditions = { startsInARound: 3, settleMs: 4_000 } as const;

const packed = await packAll();
const entries = contenders.map((contender): Entry => {
  console.log(`installing ${contender.title}`);
  return createEntry(contender, scratchOf(contender, packed.tarballs));
});
packed[Symbol.dispose]();
const sink = await startHelper("sink");
const load = await startHelper("load");

/** What fails is shown in its cell, is not tried again, and keeps nobody else from going on. */
async function attempt(entry: Entry, what: string, work: () => Promise<void>): Promise<void> {
  if (entry.failures.has(what)) return;
  try {
    await work();
  } catch (error) {
    const [reason = ""] = String(error instanceof Error ? error.message : error).split("\n");
    entry.failures.set(what, reason);
    console.log(`${entry.contender.title} fails at ${what}: ${String(error)}`);
  }
}

async function startAndEnd({ contender, scratch, starts }: Entry, modules: Modules): Promise<void> {
  const scope = openScope();
  try {
    starts[modules].push((await startService(scope, contender, scratch, { modules, sink: sink.port })).atStart);
  } finally {
    await scope.end();
  }
}

/** All at once: what idles is in nobody's way. */
async function letIdle(order: readonly Entry[]): Promise<void> {
  const scope = openScope();
  const running: [Entry, Service][] = [];
  for (const entry of order) {
    const { contender, scratch } = entry;
    await attempt(entry, "idle", async () => {
      running.push([entry, await startService(scope, contender, scratch, { modules: "cjs", sink: sink.port })]);
    });
  }
  await setTimeout(conditions.settleMs);
  for (const [entry, service] of running) {
    await attempt(entry, "idle", async () => void entry.idle.push(await service.usage()));
  }
  await scope.end();
}

async function countRequests(order: readonly Entry[], mode: Mode): Promise<void> {
  for (const entry of order) {
    const { contender, scratch, costs } = entry;
    if ((contender === bare || contender === off) && plainModeOf(mode) !== mode) continue;
    await attempt(entry, mode, async () => {
      costs[mode].push(await costsOf(contender, scratch, { ...modes[mode], sink, load }));
    });
  }
}

for (let round = 0; round < rounds; round += 1) {
  const order = turned(entries, round);
  for (let start = 0; start < conditions.startsInARound; start += 1) {
    for (const modules of ["cjs", "mjs"] as const) {
      for (const entry of order) await attempt(entry, modules, () => startAndEnd(entry, modules));
    }
  }
  await letIdle(order);
  for (const mode of modeNames) await countRequests(order, mode);
  console.log(`round ${round + 1} of ${rounds}`);
}
for (const entry of entries) {
  const { contender, scratch } = entry;
  await attempt(entry, "files", async () => void (entry.files = await filesLoaded(contender, scratch, sink.port)));
  if (contender === bare || contender === off) continue;
  await attempt(entry, "delivery", async () => {
    entry.delivered = await deliveryOf(contender, scratch, { sink, load });
  });
}
sink.end();
load.end();

writeBlock("bench:telemetry", reportOn(entries, conditions), "telemetry");
