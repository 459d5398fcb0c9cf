import { refusedVariables } from "./refused.ts";
import { rowsOf } from "./row.ts";
import { otelTable } from "./table.ts";

/** A variable as the README tells of it. */
export interface OtelVariable {
  readonly variable: string;
  /** What it does here, or why it is refused. */
  readonly does: string;
  /** In words or in code; empty for one that is refused. */
  readonly default: string;
  readonly refused: boolean;
}

/** Every variable that is known: first those that are honoured, in the order of the table, then those refused. */
export const otelEnvironment: readonly OtelVariable[] = [
  ...rowsOf(otelTable).map(({ variable, does, shows }) => ({ variable, does, default: shows, refused: false })),
  ...refusedVariables.map(({ variable, why }) => ({
    variable: variable.endsWith("_") ? `${variable}*` : variable,
    does: `refused: ${why.charAt(0).toLowerCase()}${why.slice(1).replace(/\.$/, "")}`,
    default: "",
    refused: true,
  })),
];

/** The table of the README, in Markdown. */
export function renderOtelEnvironment(variables: readonly OtelVariable[] = otelEnvironment): string {
  const rows = variables.map(({ variable, does, default: shows }) => `| \`${variable}\` | ${does} | ${shows} |`);
  return ["| variable | what it does here | default |", "| --- | --- | --- |", ...rows].join("\n");
}
