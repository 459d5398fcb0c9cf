// `npm run bench:probes -- [rounds]`: what a liveness probe hears while the main thread is busy, and what the answer
// costs when it is not. Writes what it measured into the README of @seaworthy/http.

import { setTimeout } from "node:timers/promises";
import { type Scope, openScope } from "../harness/scope.ts";
import { type Answers, askWhileBlocked } from "./blocked.ts";
import { type Contender, startContender } from "./contender.ts";
import { median, rounds, table, turned, versionsOf } from "./figures.ts";
import { writeBlock } from "./readme-block.ts";
import { cpuPerRequest } from "./request-cost.ts";

/** One that takes part, and what it was seen to do, round by round. */
interface Entry {
  readonly title: string;
  readonly start: (scope: Scope) => Promise<Contender>;
  readonly startCpuMs: number[];
  readonly rssMb: number[];
  readonly idleCpuMsPerS: number[];
  readonly answers: Answers[];
}

const entry = (title: string, file: string, env: Readonly<Record<string, string>> = {}): Entry => ({
  title,
  start: (scope) => startContender(scope, file, env),
  startCpuMs: [],
  rssMb: [],
  idleCpuMsPerS: [],
  answers: [],
});
const bare = entry("`node:http`, no probes", "bare");
const seaworthy = entry("**seaworthy**", "seaworthy");
const threadless = entry("seaworthy, `probeThread: false`", "seaworthy", { SEAWORTHY_PROBE_THREAD: "false" });
const peers = [
  threadless,
  entry("a route in Express", "express"),
  entry("@godaddy/terminus", "terminus"),
  entry("lightship", "lightship"),
];
const entries = [bare, seaworthy, ...peers];

const startsInARound = 3;
const settleMs = 3_000;
const idleMs = 10_000;

async function startAndEnd({ start, startCpuMs }: Entry): Promise<void> {
  const scope = openScope();
  startCpuMs.push((await start(scope)).atStart.cpuMs);
  await scope.end();
}

/** All at once: what idles is in nobody's way. Only what a main thread is kept busy by comes one after the other. */
async function observe(order: readonly Entry[]): Promise<void> {
  const scope = openScope();
  const running: [Entry, Contender][] = [];
  for (const each of order) running.push([each, await each.start(scope)]);
  await setTimeout(settleMs);
  const before = new Map<Contender, number>();
  for (const [, contender] of running) before.set(contender, (await contender.usage()).cpuMs);
  await setTimeout(idleMs);
  for (const [{ rssMb, idleCpuMsPerS }, contender] of running) {
    const usage = await contender.usage();
    rssMb.push(usage.rssMb);
    idleCpuMsPerS.push(((usage.cpuMs - (before.get(contender) ?? NaN)) * 1_000) / idleMs);
  }
  for (const [each, contender] of running) {
    if (each !== bare) each.answers.push(await askWhileBlocked(contender));
  }
  await scope.end();
}

interface RequestCosts {
  readonly ratio: number;
  /** A second bare server against the first: what the machine alone makes of no difference. */
  readonly control: number;
  readonly bareUs: number;
}

/** The same three processes in turn, so that all see what else the machine does. */
async function compareRequests(): Promise<RequestCosts> {
  const scope = openScope();
  const running = [await bare.start(scope), await seaworthy.start(scope), await bare.start(scope)];
  const costs: (readonly number[])[] = [];
  for (const contender of running) await cpuPerRequest(contender, 10_000);
  for (let round = 0; round < 3 * rounds; round += 1) {
    const us = new Map<Contender, number>();
    for (const contender of turned(running, round)) us.set(contender, await cpuPerRequest(contender, 10_000));
    costs.push(running.map((contender) => us.get(contender) ?? NaN));
  }
  await scope.end();
  const ratioOf = (index: number): number => median(costs.map((us) => (us[index] ?? NaN) / (us[0] ?? NaN)));
  return { ratio: ratioOf(1), control: ratioOf(2), bareUs: median(costs.map(([us]) => us ?? NaN)) };
}

for (let round = 0; round < rounds; round += 1) {
  const order = turned(entries, round);
  for (let start = 0; start < startsInARound; start += 1) for (const each of order) await startAndEnd(each);
  await observe(order);
  console.log(`round ${round + 1} of ${rounds}`);
}
const { ratio, control, bareUs } = await compareRequests();

const startMs = median(bare.startCpuMs);
const bareMb = median(bare.rssMb);
const threadMb = median(seaworthy.rssMb) - median(threadless.rssMb);

function answersOf({ answers }: Entry): readonly string[] {
  const sent = answers.flat();
  if (sent.length === 0) return ["", ""];
  const latencies = sent.filter((latency) => latency !== undefined);
  const ms = (value: number): string => (value < 10 ? value.toFixed(1) : String(Math.round(value)));
  const times = latencies.length === 0 ? "" : `${ms(median(latencies))} / ${ms(Math.max(...latencies))} ms`;
  return [`${latencies.length} of ${sent.length}`, times];
}

function rowOf(each: Entry): readonly string[] {
  const addedMb = median(each.rssMb) - bareMb;
  return [
    each.title,
    ...answersOf(each),
    (median(each.startCpuMs) / startMs).toFixed(1),
    each === bare ? "" : `${addedMb < 0 ? "−" : "+"}${Math.abs(addedMb).toFixed(0)} MB`,
    `${median(each.idleCpuMsPerS).toFixed(1)} ms/s`,
  ];
}

writeBlock(
  "bench:probes",
  `${table(["", "answered of sent", "p50 / max", "start CPU", "memory", "idle CPU"], entries.map(rowOf))}

While nothing drains, a request costs ${ratio.toFixed(2)} times the CPU time that it costs a bare \`node:http\` server, which is
${Math.round(bareUs)} µs here; a second bare server, measured in the same turns, costs ${control.toFixed(2)} times the first.

A liveness probe every 100 ms, each on a connection of its own with a time-out of 1 s, while a loop keeps the main thread
busy for 5 s. What a server on the main thread answers is what it was asked in the last of them, once the loop is over. Start
CPU is that of all threads until everything listens, as a ratio to bare \`node:http\` (${Math.round(startMs)} ms here), and memory what is
resident beyond its ${Math.round(bareMb)} MB when idle: ${Math.round(threadMb)} MB of Seaworthy's is the probe thread, and the row of Express has
Express itself in it. Telemetry is off; [what it costs](../telemetry/README.md#cost) comes on top. Built files, medians of
${rounds} rounds in turn, Node.js ${process.versions.node}, ${versionsOf(["express", "@godaddy/terminus", "lightship"])}. To repeat: \`npm run bench:probes -- 3\`.`,
);
