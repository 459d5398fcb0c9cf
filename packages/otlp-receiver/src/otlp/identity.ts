import { Malformed } from "./malformed.ts";

const lengths = { trace: 16, span: 8 } as const;

/**
 * Reads an id as lower-case hexadecimal; one that is empty or all zero is no id.
 *
 * @throws `Malformed` when it has another length
 */
export function idOf(bytes: Uint8Array | undefined, kind: "trace" | "span", place: string): string | undefined {
  if (!bytes || bytes.length === 0) return undefined;
  if (bytes.length !== lengths[kind]) {
    throw new Malformed(`Expected the ${kind} id of ${place} to have ${lengths[kind]} bytes, got ${bytes.length}.`);
  }
  return bytes.some((byte) => byte !== 0) ? Buffer.from(bytes).toString("hex") : undefined;
}

/** @throws `Malformed` when there is none */
export function requiredId(bytes: Uint8Array | undefined, kind: "trace" | "span", place: string): string {
  const id = idOf(bytes, kind, place);
  if (id === undefined) throw new Malformed(`Expected ${place} to have a ${kind} id, got none.`);
  return id;
}
