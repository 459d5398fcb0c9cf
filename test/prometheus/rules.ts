import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { root } from "../run/workspaces.ts";

/** A rule that records. */
export interface Recording {
  readonly record: string;
  readonly expr: string;
}

/** A rule that alerts. */
export interface Alert {
  readonly alert: string;
  readonly expr: string;
  readonly for?: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

export const folder: string = join(root, "collector/prometheus");

/** The names of the files of rules, without their ending. */
export const ruleFiles: readonly string[] = readdirSync(join(folder, "rules"))
  .map((name) => name.replace(/\.yml$/, ""))
  .toSorted();

export const pathOf = (file: string): string => join(folder, "rules", `${file}.yml`);

interface RuleFile {
  readonly groups: readonly { readonly name: string; readonly rules: readonly (Recording | Alert)[] }[];
}

/** The rules of one file, or of all of them. */
export function rulesOf(...files: readonly string[]): readonly (Recording | Alert)[] {
  return (files.length === 0 ? ruleFiles : files)
    .map((file) => parse(readFileSync(pathOf(file), "utf8")) as RuleFile)
    .flatMap(({ groups }) => groups.flatMap(({ rules }) => rules));
}

export const recordings = (...files: readonly string[]): readonly Recording[] =>
  rulesOf(...files).filter((rule) => "record" in rule);

export const alerts = (...files: readonly string[]): readonly Alert[] =>
  rulesOf(...files).filter((rule) => "alert" in rule);
