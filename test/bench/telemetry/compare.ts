import { median } from "../figures.ts";
import { type Contender, type Modules, bare, off, on } from "./contenders.ts";
import { type Entry, type Mode, plainModeOf } from "./entry.ts";
import type { Cost } from "./request-costs.ts";
import type { Usage } from "./service.ts";

/** What contenders are to Express alone: each number is the median of what the pairs of one turn say. */
export interface Comparison {
  startCpuRatio(contender: Contender, modules: Modules): number;
  startCpuMs(contender: Contender, modules: Modules): number;
  startWallRatio(contender: Contender, modules: Modules): number;
  /** What telemetry alone makes of Express alone: the difference between ours with it and without. */
  telemetryRatio(modules: Modules): number;
  idleCpuRatio(contender: Contender): number;
  addedMb(contender: Contender, other?: Contender): number;
  requestUs(contender: Contender, mode: Mode): number;
  perSecondRatio(contender: Contender, mode: Mode): number;
}

export function compareWith(entryOf: (contender: Contender) => Entry): Comparison {
  const paired = <Value>(
    values: readonly Value[],
    others: readonly Value[],
    compare: (value: Value, other: Value) => number,
  ): number =>
    median(
      values.flatMap((value, turn) => {
        const other = others[turn];
        return other === undefined ? [] : [compare(value, other)];
      }),
    );
  const starts =
    (compare: (one: Usage, other: Usage) => number) =>
    (contender: Contender, modules: Modules): number =>
      paired(entryOf(contender).starts[modules], entryOf(bare).starts[modules], compare);
  const costs =
    (compare: (one: Cost, other: Cost) => number) =>
    (contender: Contender, mode: Mode): number =>
      paired(entryOf(contender).costs[mode], entryOf(bare).costs[plainModeOf(mode)], compare);

  return {
    startCpuRatio: starts((one, other) => one.cpuMs / other.cpuMs),
    startCpuMs: starts((one, other) => one.cpuMs - other.cpuMs),
    startWallRatio: starts((one, other) => one.wallMs / other.wallMs),
    telemetryRatio(modules) {
      const alone = entryOf(bare).starts[modules];
      const without = entryOf(off).starts[modules];
      return median(
        entryOf(on).starts[modules].map(
          ({ cpuMs }, turn) => 1 + (cpuMs - (without[turn]?.cpuMs ?? NaN)) / (alone[turn]?.cpuMs ?? NaN),
        ),
      );
    },
    idleCpuRatio: (contender) =>
      paired(entryOf(contender).idle, entryOf(bare).idle, (one, other) => one.cpuMs / other.cpuMs),
    addedMb: (contender, other = bare) =>
      paired(entryOf(contender).idle, entryOf(other).idle, (one, two) => one.rssMb - two.rssMb),
    requestUs: costs((one, other) => one.us - other.us),
    perSecondRatio: costs((one, other) => one.perSecond / other.perSecond),
  };
}
