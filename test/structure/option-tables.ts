import { codeIn, tablesOf } from "./markdown.ts";

/** One option: its name, with a dot for each level, and its default value. */
export type Options = Record<string, unknown>;

/** `{ drainWindow: { minMs: 1 } }` becomes `{ "drainWindow.minMs": 1 }`. */
export function flatten(defaults: object, prefix = ""): Options {
  return Object.fromEntries(
    Object.entries(defaults).flatMap(([name, value]: [string, unknown]): [string, unknown][] => {
      const isPlain = typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype;
      return isPlain ? Object.entries(flatten(value, `${prefix}${name}.`)) : [[`${prefix}${name}`, value]];
    }),
  );
}

/** Reads a cell of defaults: `—` for none, or code such as `30_000`, `"SIGTERM"`, `true`, `["SIGTERM"]`. */
export function readDefault(cell: string): unknown {
  if (cell === "—" || cell === "") return undefined;
  const code = codeIn(cell).replaceAll(/(?<=\d)[_ ](?=\d)/g, "");
  try {
    return JSON.parse(code) as unknown;
  } catch {
    return code;
  }
}

/** The option tables of a section: which defaults each one is about, its options, and its other columns. */
export interface OptionTable {
  readonly defaults: string;
  readonly options: Options;
  readonly environment: Record<string, string>;
}

function columnOf(header: readonly string[], name: string): number {
  return header.findIndex((cell) => cell.toLowerCase() === name);
}

/** A table belongs to the comment `<!-- defaults: name -->` above it, or to the main defaults of the package. */
export function optionTablesOf(text: string, mainDefaults: string): OptionTable[] {
  const marks = [...text.matchAll(/<!-- defaults: (\w+) -->/g)];
  return tablesOf(text)
    .filter(({ header }) => columnOf(header, "default") !== -1)
    .map(({ header, rows, offset }) => {
      const cell = (row: readonly string[], name: string): string => row[columnOf(header, name)] ?? "";
      const named = rows.map((row) => ({ name: codeIn(row[0] ?? ""), row }));
      const variables = named.map(({ name, row }) => [name, codeIn(cell(row, "environment"))] as const);
      return {
        defaults: marks.findLast(({ index }) => index < offset)?.[1] ?? mainDefaults,
        options: Object.fromEntries(named.map(({ name, row }) => [name, readDefault(cell(row, "default"))])),
        environment: Object.fromEntries(variables.filter(([, variable]) => variable !== "" && variable !== "—")),
      };
    });
}
