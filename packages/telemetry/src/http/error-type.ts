/** What `error.type` says of an error: its code, which Node gives to all of its own, else its name. */
export function errorType(error: unknown): string {
  if (typeof error !== "object" || error === null) return "_OTHER";
  const { code, name } = error as { readonly code?: unknown; readonly name?: unknown };
  if (typeof code === "string" && code !== "") return code;
  return typeof name === "string" && name !== "" ? name : "_OTHER";
}

/** The other side went away, or this one gave up, before the end. */
export const aborted = "aborted";
