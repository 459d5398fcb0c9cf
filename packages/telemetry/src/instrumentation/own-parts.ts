/**
 * What this package records by itself, without a library being patched, by the short names that upstream has for the same:
 * servers and clients of `node:http`, `fetch` and undici, and the metrics of the runtime.
 */
export const ownParts = ["http", "undici", "runtime-node"] as const;

/** Which of them are on. */
export type OwnParts = Readonly<Record<(typeof ownParts)[number], boolean>>;
