import type { HookRecord } from "./hooks.ts";
import type { WorkRecord } from "./in-flight.ts";
import { type StopReason, describeReason, messageOf } from "./reason.ts";

/** What a stop ends with. */
export interface Report {
  /** Why the stop began. */
  readonly reason: StopReason;
  /** Why it was ended at once, if it was: a second OS signal or a second fatal error. */
  readonly forcedBy?: StopReason;
  /** Whether every essential hook was done, no work was cut, and no error had a part in it. */
  readonly clean: boolean;
  /** What the process exits with: 1 unless clean; else what the application left in `process.exitCode`, or 0. */
  readonly exitCode: number;
  /** How long the stop took, and each of its steps, in milliseconds. */
  readonly durationMs: number;
  readonly steps: Readonly<Record<StopStep, number>>;
  /** Every hook and what became of it, in the order of registration. */
  readonly hooks: readonly HookRecord[];
  /** How many pieces of work ended by themselves after the stop began. */
  readonly finished: number;
  /** The work that was cut: in flight when the drain had no time left. */
  readonly cut: readonly WorkRecord[];
  /**
   * What still held the event loop when something had to be left behind: kinds of resources and how many of each,
   * as `process.getActiveResourcesInfo()` names them.
   */
  readonly openHandles: Readonly<Record<string, number>>;
}

/** The steps of a stop, in their order. */
export type StopStep = "window" | "drain" | "stop";

/** Tells a report in one line, whatever the names in it hold. */
export function describeReport(report: Report): string {
  const head = `Stopped ${seconds(report.durationMs)} after ${describeReason(report.reason)}, exit ${report.exitCode}`;
  const done = report.hooks.filter(({ outcome }) => outcome === "done").length;
  const facts = [
    report.forcedBy && `forced by ${describeReason(report.forcedBy)}`,
    `${report.finished} in-flight finished`,
    report.cut.length > 0 && `${report.cut.length} cut: ${few(report.cut.map(describeWork))}`,
    `${done} of ${report.hooks.length} hooks done`,
    ...report.hooks.filter(({ outcome }) => outcome !== "done").map(describeHook),
    ...report.hooks.flatMap(({ name, notes = [] }) => notes.map((note) => `${name}: ${note}`)),
    Object.keys(report.openHandles).length > 0 && `still open: ${describeHandles(report.openHandles)}`,
  ];
  return `${head}: ${facts.filter((fact) => typeof fact === "string").join("; ")}.`.replaceAll(/\s*[\r\n]\s*/g, " ");
}

function describeHook({ kind, name, outcome, durationMs, error }: HookRecord): string {
  const after = outcome === "skipped" ? "" : ` after ${seconds(durationMs)}`;
  return `${kind} hook "${name}" ${outcome}${after}${outcome === "failed" ? `: ${messageOf(error)}` : ""}`;
}

const describeWork = ({ name, ageMs }: WorkRecord): string => `${name} (${seconds(ageMs)})`;

const describeHandles = (handles: Readonly<Record<string, number>>): string =>
  few(Object.entries(handles).map(([kind, count]) => `${count} ${kind}`));

const few = (names: readonly string[]): string =>
  names.length <= 10 ? names.join(", ") : `${names.slice(0, 10).join(", ")} and ${names.length - 10} more`;

const seconds = (ms: number): string => `${(ms / 1_000).toFixed(ms < 1_000 ? 2 : 1)} s`;
