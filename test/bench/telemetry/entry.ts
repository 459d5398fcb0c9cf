import type { Contender, Modules } from "./contenders.ts";
import type { FilesLoaded } from "./files-loaded.ts";
import type { Cost } from "./request-costs.ts";
import type { Scratch } from "./scratch.ts";
import type { Usage } from "./service.ts";

/** How telemetry is asked to be while requests are counted. */
export const modes = {
  "100 %": { modules: "cjs", env: {} },
  "1 %": { modules: "cjs", env: { OTEL_TRACES_SAMPLER: "parentbased_traceidratio", OTEL_TRACES_SAMPLER_ARG: "0.01" } },
  "metrics only": { modules: "cjs", env: { OTEL_TRACES_EXPORTER: "none", OTEL_LOGS_EXPORTER: "none" } },
  "100 %, ES modules": { modules: "mjs", env: {} },
} as const satisfies Record<string, { modules: Modules; env: Record<string, string> }>;

export type Mode = keyof typeof modes;

export const modeNames = Object.keys(modes) as Mode[];

/** Those that a service without telemetry has: there is nothing to choose but its modules. */
export const plainModeOf = (mode: Mode): Mode => (mode === "100 %, ES modules" ? mode : "100 %");

/** What one that takes part was seen to do, turn by turn, and what it failed at and why. */
export interface Entry {
  readonly contender: Contender;
  readonly scratch: Scratch;
  /** When it began to listen. */
  readonly starts: Readonly<Record<Modules, Usage[]>>;
  /** When it had listened for a while, and nobody asked for anything. */
  readonly idle: Usage[];
  readonly costs: Readonly<Record<Mode, Cost[]>>;
  readonly failures: Map<string, string>;
  delivered?: string;
  files?: FilesLoaded;
}

/** One of which nothing is known yet. */
export const createEntry = (contender: Contender, scratch: Scratch): Entry => ({
  contender,
  scratch,
  starts: { cjs: [], mjs: [] },
  idle: [],
  costs: { "100 %": [], "1 %": [], "metrics only": [], "100 %, ES modules": [] },
  failures: new Map(),
});
