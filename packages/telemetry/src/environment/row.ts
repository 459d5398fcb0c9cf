import type { Reader } from "./readers.ts";

/** A variable that is honoured: how it reads, what stays when it does not, and what it does. */
export interface Row<Value> {
  readonly variable: string;
  readonly read: Reader<Value>;
  readonly fallback: Value;
  /** What it does here, for a reader of the README. */
  readonly does: string;
  /** The default as the README shows it. */
  readonly shows: string;
}

/** A table of the shape of what it reads into: a row for each leaf. */
export type Table<Settings> = {
  readonly [Key in keyof Settings]: IsGroup<Settings[Key]> extends true ? Table<Settings[Key]> : Row<Settings[Key]>;
};

/** A group has keys of its own; a list, and a record of whatever keys, is a leaf. */
type IsGroup<Value> = Value extends readonly unknown[]
  ? false
  : Value extends object
    ? string extends keyof Value
      ? false
      : true
    : false;

/** Any table, whatever it reads into. */
interface AnyTable {
  readonly [key: string]: Row<unknown> | AnyTable;
}

/** A row of a table. */
export function row<Read, Fallback>(
  variable: string,
  read: Reader<Read>,
  fallback: Fallback,
  does: string,
  shows: string = `\`${String(fallback)}\``,
): Row<Read | Fallback> {
  return { variable, read, fallback, does, shows };
}

/** Reads a table into what it has the shape of. */
export function readTable<Settings>(table: Table<Settings>, read: <Value>(row: Row<Value>) => Value): Settings {
  return readAny(table, read) as Settings;
}

function readAny(table: AnyTable, read: <Value>(row: Row<Value>) => Value): object {
  return Object.fromEntries(
    Object.entries(table).map(([key, entry]) => [key, isRow(entry) ? read(entry) : readAny(entry, read)]),
  );
}

/** All rows of a table, in its order. */
export function rowsOf<Settings>(table: Table<Settings>): Row<unknown>[] {
  return rowsOfAny(table);
}

const rowsOfAny = (table: AnyTable): Row<unknown>[] =>
  Object.values(table).flatMap((entry) => (isRow(entry) ? [entry] : rowsOfAny(entry)));

const isRow = (entry: Row<unknown> | AnyTable): entry is Row<unknown> => typeof entry.variable === "string";
