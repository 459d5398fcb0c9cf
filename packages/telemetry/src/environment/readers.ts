import { nearest } from "./nearest.ts";
import type { FindingLevel } from "./settings.ts";

/** Says what is wrong with a value, as the end of a sentence that begins with the variable's name. */
export type Complain = (problem: string, level?: FindingLevel) => void;

/** Reads the text of a variable; after complaining, `undefined` leaves the default in its place. */
export type Reader<Value> = (text: string, complain: Complain) => Value | undefined;

/** The longest a timer of Node can run, about 24 days: what "for ever" comes to. */
export const foreverMs: number = 2 ** 31 - 1;

/** Only "true", in whatever letters, is true. */
export const flag: Reader<boolean> = (text, complain) => {
  const isTrue = /^true$/i.test(text);
  if (!isTrue && !/^false$/i.test(text)) complain(`is ${shown(text)}, which counts as false; write "true" or "false".`);
  return isTrue;
};

/** A whole number, in the range that the specification asks for. */
export const whole =
  (least = 0): Reader<number> =>
  (text, complain) => {
    const number = /^\d+$/.test(text) ? Number(text) : Number.NaN;
    if (number >= least && number <= foreverMs) return number;
    complain(`is ${shown(text)}, and should be a whole number from ${least} to ${foreverMs}.`);
    return undefined;
  };

/** A duration. */
export const milliseconds =
  (least = 0): Reader<number> =>
  (text, complain) => {
    const [, number, unit = ""] = /^(\d+)\s*(ms|s|m|min)$/i.exec(text) ?? [];
    if (number === undefined) return whole(least)(text, complain);
    const factor = { ms: 1, s: 1_000, m: 60_000, min: 60_000 }[unit.toLowerCase()] ?? 1;
    complain(`is ${shown(text)}, and should be a bare number of milliseconds; write ${Number(number) * factor}.`);
    return undefined;
  };

/** A duration of which 0 means for ever. */
export const timeout: Reader<number> = (text, complain) => {
  const duration = milliseconds()(text, complain);
  return duration === 0 ? foreverMs : duration;
};

/** A part of the whole, from 0 to 1. */
export const ratio: Reader<number> = (text, complain) => {
  const number = /^(\d+\.?\d*|\.\d+)(e-\d+)?$/i.test(text) ? Number(text) : Number.NaN;
  if (number <= 1) return number;
  const percentage = Number(/^(\d+\.?\d*)\s*%?$/.exec(text)?.[1]);
  const hint = percentage <= 100 ? `; for ${percentage} percent write ${percentage / 100}` : "";
  complain(`is ${shown(text)}, and should be a number from 0 to 1${hint}.`);
  return undefined;
};

/** What Kubernetes leaves of a variable that it does not know. */
export const unfilled: RegExp = /\$\([A-Za-z_][\w.-]*\)/;

/** Any text. */
export const text: Reader<string> = (value, complain) => {
  if (!unfilled.test(value)) return value;
  complain(
    "holds a variable that was not filled in, and does not count; Kubernetes fills in $(…) only from variables that " +
      "come earlier in the list.",
  );
  return undefined;
};

/** The path of a file. */
export const file: Reader<string> = (value, complain) => {
  if (!value.includes("-----BEGIN") && !value.includes("\n")) return text(value, complain);
  complain("holds what should be in a file; write the text into one, and its path here.");
  return undefined;
};

/** Names that are known, each with why another one is refused. */
export interface Known<Name extends string> {
  readonly names: readonly Name[];
  readonly refused?: Readonly<Record<string, string>>;
}

/** One of the names that are known, in whatever letters. */
export const oneOf =
  <Name extends string>(known: Known<Name>): Reader<Name> =>
  (value, complain) =>
    pick(value, known, complain);

/** Names with commas between them, each once. "none" counts alone; with no name left that counts, the default stays. */
export const listOf =
  <Name extends string>(known: Known<Name>): Reader<readonly Name[]> =>
  (value, complain) => {
    const picked = separate(value).map((name) => pick(name, known, complain));
    const names = [...new Set(picked.filter((name) => name !== undefined))];
    const none = names.filter((name) => name === "none");
    if (none.length > 0 && names.length > 1)
      complain(`names "none" beside others; "none" counts. Leave one or the other.`);
    return none.length > 0 ? none : names.length > 0 ? names : undefined;
  };

/** Names of any kind with commas between them, each once. */
export const names: Reader<readonly string[]> = (value) => [...new Set(separate(value))];

/** Names of instrumentations, as upstream has them: without what all of their packages begin with. */
export const instrumentationNames: Reader<readonly string[]> = (value, complain) =>
  separate(value).map((name) => {
    const [, short] = /^@opentelemetry\/instrumentation-(.+)$/.exec(name) ?? [];
    if (short === undefined) return name;
    complain(`names a package, ${shown(name)}, and is read as "${short}"; write the short name.`, "info");
    return short;
  });

function pick<Name extends string>(value: string, known: Known<Name>, complain: Complain): Name | undefined {
  const lower = value.toLowerCase();
  const name = known.names.find((candidate) => candidate === lower);
  if (name !== undefined) return name;
  const why = known.refused?.[lower];
  if (why === undefined) complain(`names ${shown(value)}, which nobody knows. ${didYouMean(lower, known.names)}`);
  else complain(`names ${shown(value)}, which is refused: ${why}`);
  return undefined;
}

function didYouMean(value: string, known: readonly string[]): string {
  const near = nearest(value, known);
  if (near !== undefined) return `Did you mean "${near}"?`;
  return `Write ${known.map((name) => `"${name}"`).join(" or ")}.`;
}

const separate = (value: string): string[] =>
  value
    .split(",")
    .map((piece) => piece.trim())
    .filter((piece) => piece !== "");

/** A value as a message may show it. Not for what may hold a secret. */
export const shown = (value: string): string => JSON.stringify(value.length > 60 ? `${value.slice(0, 60)}…` : value);
