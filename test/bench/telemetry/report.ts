import { median, rounds, table } from "../figures.ts";
import { compareWith } from "./compare.ts";
import { type Contender, type Modules, auto, bare, elastic, nodeSdk, off, on } from "./contenders.ts";
import { type Entry, type Mode, modeNames } from "./entry.ts";
import type { FilesLoaded } from "./files-loaded.ts";
import { isPinned } from "./helper.ts";

/** How the measuring was done. */
export interface Conditions {
  readonly startsInARound: number;
  readonly settleMs: number;
}

const ratio = (value: number): string => (Number.isNaN(value) ? "" : value.toFixed(2));
const signed = (value: number, digits = 0): string =>
  Number.isNaN(value) ? "" : `${value < 0 ? "−" : "+"}${Math.abs(value).toFixed(digits)}`;

/** What was measured, as Markdown. */
export function reportOn(entries: readonly Entry[], { startsInARound, settleMs }: Conditions): string {
  const entryOf = (contender: Contender): Entry => entries.find((each) => each.contender === contender) as Entry;
  const compare = compareWith(entryOf);
  const without = entryOf(bare);

  function startCells({ contender, failures }: Entry, modules: Modules): readonly string[] {
    if (failures.has(modules)) return ["fails", "fails"];
    if (contender === bare) return ["1", "1"];
    const cpu = `${ratio(compare.startCpuRatio(contender, modules))} (${signed(compare.startCpuMs(contender, modules))} ms)`;
    return [cpu, ratio(compare.startWallRatio(contender, modules))];
  }

  function startRow(entry: Entry): readonly string[] {
    const { contender, scratch, files } = entry;
    const cells = [contender.title, ...startCells(entry, "cjs"), ...startCells(entry, "mjs")];
    if (contender === bare) return [...cells, "1", "", "", "", ""];
    const isIdle = !entry.failures.has("idle");
    return [
      ...cells,
      isIdle ? ratio(compare.idleCpuRatio(contender)) : "fails",
      isIdle ? `${signed(compare.addedMb(contender), 1)} MB` : "fails",
      files && without.files ? filesCell(files, without.files) : "fails",
      String(scratch.packages - without.scratch.packages),
      `${(scratch.megabytes - without.scratch.megabytes).toFixed(1)} MB`,
    ];
  }

  function requestRow({ contender, costs, failures, delivered = "" }: Entry): readonly string[] {
    const cells = modeNames.map((mode) => {
      if (failures.has(mode)) return "fails";
      if (costs[mode].length === 0) return "";
      if (contender === bare) return `${Math.round(median(costs[mode].map(({ us }) => us)))} µs`;
      return `${signed(compare.requestUs(contender, mode))} µs · ${ratio(compare.perSecondRatio(contender, mode))}`;
    });
    return [contender.title, ...cells, failures.has("delivery") ? "fails" : delivered];
  }

  const shareOf = (peer: Contender, mode: Mode): string =>
    ratio(compare.requestUs(on, mode) / compare.requestUs(peer, mode));
  const sharesOf = (peer: Contender): string =>
    `${shareOf(peer, "100 %")}, ${shareOf(peer, "1 %")} and ${shareOf(peer, "metrics only")}`;
  const failures = entries.flatMap(({ contender, failures: all }) =>
    [...all].map(([what, reason]) => `- ${contender.title} fails at ${what}: ${reason}`),
  );
  const startMs = Math.round(median(without.starts.cjs.map(({ cpuMs }) => cpuMs)));
  const beside = isPinned ? ", the service on one CPU and all else on another" : "";

  return `What it takes to start, as ratios to Express alone, which takes ${startMs} ms of CPU here until it listens:

${table(
  [
    "",
    "CPU, CommonJS",
    "wall",
    "CPU, ES modules",
    "wall",
    `CPU in ${settleMs / 1_000} s`,
    "memory",
    "files",
    "packages",
    "installed",
  ],
  entries.map(startRow),
)}

The rows of Seaworthy have the probe server with its thread, the drain and the log in them. Telemetry alone, which is the
difference between the two, makes the start ${ratio(compare.telemetryRatio("cjs"))} of Express alone in CommonJS and ${ratio(compare.telemetryRatio("mjs"))} in ES modules, and takes
${signed(compare.addedMb(on, off), 1)} MB.

What a request takes: CPU of the service beyond that of Express alone, and how many requests a second are left of its:

${table(["", ...modeNames, "delivered"], entries.map(requestRow))}

With every trace, one in a hundred and metrics only, a request costs Seaworthy ${sharesOf(nodeSdk)} of what it costs
NodeSDK, ${sharesOf(auto)} of what it costs auto-instrumentations-node, and ${sharesOf(elastic)} of what it
costs Elastic's distribution.

\`GET /users/:id\` of an Express 5 service, on 32 connections as fast as it answers, and OTLP over HTTP as protocol buffers to a
counter on the same machine${beside}. Each is installed by npm in a folder of its own, Seaworthy from its tarballs, and set up as
its README says: with the loader of OpenTelemetry for ES modules where one is asked for, and without detectors of clouds. CPU is
that of all threads, until the service listens and ${settleMs / 1_000} s after it began to; memory is what is resident beyond Express alone
after that time; files are those that the main thread has loaded by then beyond Express, those of \`@opentelemetry/api\` apart for
Seaworthy. Delivered are the server spans that arrive of a run at saturation, of its requests. Medians of ${rounds} rounds in turn, of
${startsInARound} starts in each. Node.js ${process.versions.node}, auto-instrumentations-node 0.82.0, sdk-node 0.301.0, @elastic/opentelemetry-node
1.18.0. To repeat: \`npm run bench:telemetry -- 3\`.

${failures.join("\n")}`.trim();
}

const filesCell = (files: FilesLoaded, without: FilesLoaded): string => {
  const added = files.all - without.all;
  return files.ofApi === 0 ? String(added) : `${added - files.ofApi} + ${files.ofApi}`;
};
