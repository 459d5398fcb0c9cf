import { readFileSync, readdirSync } from "node:fs";
import { basename, join } from "node:path";
import { parse } from "yaml";
import { root } from "../run/workspaces.ts";

const folder = join(root, "collector");

/** A file of the Collector, or of several merged into one. */
export interface Configuration {
  readonly receivers?: Components;
  readonly processors?: Components;
  readonly exporters?: Components;
  readonly connectors?: Components;
  readonly extensions?: Components;
  readonly service?: {
    readonly extensions?: readonly string[];
    readonly pipelines?: Readonly<Record<string, Pipeline>>;
  };
}

export type Components = Readonly<Record<string, unknown>>;

export interface Pipeline {
  readonly receivers: readonly string[];
  readonly processors: readonly string[];
  readonly exporters: readonly string[];
}

/** The configurations that a Collector can be started with: `agent`, `gateway`, `local`. */
export const bases = ["agent", "gateway", "local"] as const;
export type Base = (typeof bases)[number];

export const baseFile = (base: Base): string => join(folder, `${base}.yaml`);

/** The overlays of a configuration: those whose name begins with its name. */
export const overlayFilesOf = (base: Base): string[] =>
  readdirSync(join(folder, "overlays"))
    .filter((name) => name.startsWith(`${base}-`))
    .map((name) => join(folder, "overlays", name))
    .toSorted((one, other) => (plain(one) < plain(other) ? -1 : 1));

const plain = (file: string): string => basename(file, ".yaml");

/** A configuration alone, with each of its overlays, and with all of them at once. */
export function combinationsOf(base: Base): string[][] {
  const overlays = overlayFilesOf(base);
  const all = overlays.length > 1 ? [[baseFile(base), ...overlays]] : [];
  // An overlay whose name goes on where another one ends is meant to lie over that one.
  const below = (overlay: string) => overlays.filter((other) => plain(overlay).startsWith(`${plain(other)}-`));
  return [[baseFile(base)], ...overlays.map((overlay) => [baseFile(base), ...below(overlay), overlay]), ...all];
}

/** The names of files as one reads them: `agent + agent-mtls`. */
export const named = (files: readonly string[]): string => files.map(plain).join(" + ");

export const readConfiguration = (file: string): Configuration => parse(readFileSync(file, "utf8")) as Configuration;

/** Merges as the Collector does: maps key by key, anything else, lists too, by the last one. */
export const merged = (files: readonly string[]): Configuration =>
  files.map(readConfiguration).reduce((one, other) => merge(one, other) as Configuration, {});

function merge(one: unknown, other: unknown): unknown {
  if (!isMap(one) || !isMap(other)) return other;
  const keys = new Set([...Object.keys(one), ...Object.keys(other)]);
  return Object.fromEntries([...keys].map((key) => [key, key in other ? merge(one[key], other[key]) : one[key]]));
}

const isMap = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** The type of a component's name: `otlp_grpc` of `otlp_grpc/gateway`. */
export const typeOf = (name: string): string => name.split("/")[0] ?? name;
