// `npm run bench:drain -- [rounds]`: a replica under load is stopped while another takes over, by Seaworthy and by its
// peers in turn. Writes what it counted into the README of @seaworthy/http.

import { type Replica, type Rollout, rollOut } from "../drain/rollout.ts";
import { startProcess } from "../harness/process.ts";
import { type Scope, openScope } from "../harness/scope.ts";
import { median, rounds, table, turned, versionsOf } from "./figures.ts";
import { writeBlock } from "./readme-block.ts";

const contenders = {
  seaworthy: "**seaworthy**",
  "http-terminator": "http-terminator",
  "http-graceful-shutdown": "http-graceful-shutdown",
  terminus: "@godaddy/terminus",
  lightship: "lightship",
  fastify: "Fastify, close-with-grace",
  bare: "`server.close()`",
} as const;
type Contender = keyof typeof contenders;
const names = Object.keys(contenders) as Contender[];

const killAfterMs = 15_000;

async function startReplica(scope: Scope, name: Contender, delayMs: number): Promise<Replica> {
  const process = startProcess(scope, new URL(`drain/${name}.ts`, import.meta.url), { args: [String(delayMs)] });
  const [, port] = await process.until(/port (\d+)/);
  return { process, port: Number(port) };
}

async function measure(name: Contender, delayMs: number, lagMs: number): Promise<Rollout> {
  const scope = openScope();
  try {
    const [old, next] = [await startReplica(scope, name, delayMs), await startReplica(scope, name, delayMs)];
    return await rollOut(scope, old, next, { lagMs, killAfterMs });
  } finally {
    await scope.end();
  }
}

async function compare(delayMs: number, lagMs: number): Promise<string> {
  const results = new Map<Contender, Rollout[]>(names.map((name) => [name, []]));
  for (let round = 0; round < rounds; round += 1) {
    for (const name of turned(names, round)) {
      const rollout = await measure(name, delayMs, lagMs);
      results.get(name)?.push(rollout);
      const { failures, sent, endedAfterMs } = rollout;
      console.log(
        `${name}: ${failures.length} of ${sent} failed, ${describeEnd(rollout)} after ${Math.round(endedAfterMs)} ms`,
      );
    }
  }
  const rows = names.map((name) => {
    const all = results.get(name) ?? [];
    return [
      contenders[name],
      all.map(({ failures, sent }) => `${failures.length} of ${sent.toLocaleString("en")}`).join(" · "),
      `${(median(all.map(({ endedAfterMs }) => endedAfterMs)) / 1_000).toFixed(1)} s`,
      [...new Set(all.map(describeEnd))].join(", "),
    ];
  });
  return table(["", "failed of sent, each round", "gone after", "exit"], rows);
}

const describeEnd = ({ ending: { code, signal } }: Rollout): string => (signal === null ? String(code) : signal);

const delayed = await compare(2_000, 1_000);
const atOnce = await compare(0, 0);
const versions = versionsOf([
  "http-terminator",
  "http-graceful-shutdown",
  "@godaddy/terminus",
  "lightship",
  "fastify",
  "close-with-grace",
]);
writeBlock(
  "bench:drain",
  `New connections go to the stopping replica for one second after SIGTERM; every peer is set to wait two seconds before it
closes, Seaworthy has its default drain window:

${delayed}

Routes move before SIGTERM, and nobody waits:

${atOnce}

100 clients that keep their connection and 10 with a new one for every request, one POST at a time, a pause of 0 to 60 ms
between two, no retries, through a proxy that passes on bytes, FIN and RST 20 ms later in either direction; a request takes
20 to 60 ms. Failed is whatever is not a 200; clients that try again would hide part of it. Times count from SIGTERM
(medians), and SIGKILL came after ${killAfterMs / 1_000} s: what it cut is among the failed. Nobody sends telemetry. In turn, on one machine, and counts
differ from run to run. Node.js ${process.versions.node},
${versions}.
To repeat: \`npm run bench:drain -- 3\`.`,
);
