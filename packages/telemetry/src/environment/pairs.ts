/** Why one pair of a list does not count. */
export interface BadPair {
  /** Which one, counted from 1. What it holds may be a secret. */
  readonly position: number;
  /** Its key, where it has one that reads. */
  readonly key: string | undefined;
  readonly problem: string;
}

/** What a list of pairs reads as. */
export interface Pairs {
  readonly entries: readonly (readonly [key: string, value: string])[];
  readonly bad: readonly BadPair[];
}

/**
 * Reads `key1=value1,key2=value2`, keys and values percent-encoded, as W3C Baggage has it (without its metadata). Each
 * pair stands for itself: one that does not read costs nobody but itself. A value may hold further equals signs, as
 * base64 does.
 */
export function readPairs(text: string): Pairs {
  const entries: [string, string][] = [];
  const bad: BadPair[] = [];
  for (const [index, piece] of text.split(",").entries()) {
    if (piece.trim() === "") continue;
    const pair = readPair(piece);
    if (typeof pair === "object") entries.push(pair);
    else bad.push({ position: index + 1, key: keyOf(piece), problem: pair });
  }
  return { entries, bad };
}

function readPair(piece: string): [string, string] | string {
  const split = piece.indexOf("=");
  if (split === -1) return "has no equals sign; write key=value, and a comma inside a value as %2C";
  const key = decode(piece.slice(0, split));
  const value = decode(piece.slice(split + 1));
  if (key === undefined) return "has a key that is not percent-encoded as it should be; write a percent sign as %25";
  if (value === undefined)
    return "has a value that is not percent-encoded as it should be; write a percent sign as %25";
  if (key === "") return "has no key before its equals sign";
  return [key, value];
}

function keyOf(piece: string): string | undefined {
  const split = piece.indexOf("=");
  return split > 0 ? decode(piece.slice(0, split)) || undefined : undefined;
}

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text.trim());
  } catch {
    return undefined;
  }
}
