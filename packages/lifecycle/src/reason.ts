import { describe } from "./errors.ts";

/** Why a stop began; `prestop` is an OS signal after a preStop window, which the stop then goes on from. */
export type StopReason =
  | { readonly kind: "os-signal"; readonly osSignal: NodeJS.Signals }
  | { readonly kind: "fatal"; readonly error: unknown; readonly origin: FatalOrigin }
  | { readonly kind: "request"; readonly by: string }
  | { readonly kind: "prestop"; readonly osSignal: NodeJS.Signals };

/** Where a fatal error came from: one of Node's two events, or a startup task that rejected. */
export type FatalOrigin = "uncaughtException" | "unhandledRejection" | "startup";

/** A reason as a reader should see it in one line: `SIGTERM`, `prestop, then SIGTERM`, `uncaughtException (boom)`. */
export function describeReason(reason: StopReason): string {
  switch (reason.kind) {
    case "os-signal":
      return reason.osSignal;
    case "fatal":
      return `${reason.origin} (${messageOf(reason.error)})`;
    case "request":
      return `request (${reason.by})`;
    case "prestop":
      return `prestop, then ${reason.osSignal}`;
  }
}

/** The longest message that still reads as one line. */
const longestMessage = 300;

/** The message of an error, or of whatever was thrown in its place, on one line. */
export function messageOf(error: unknown): string {
  const line = textOf(error).replaceAll(/\s+/g, " ").trim();
  return line.length > longestMessage ? `${line.slice(0, longestMessage - 1)}…` : line;
}

/** Anything can be thrown, also what has no text or fails to make one. */
function textOf(error: unknown): string {
  try {
    // A connection tried over IPv6 and IPv4, say, has its text only in its parts.
    if (error instanceof AggregateError && !error.message) return error.errors.map(messageOf).join("; ");
    return String(error instanceof Error ? error.message || error.name : error);
  } catch {
    return describe(error);
  }
}

/** A reason out of whatever `stop` was called with: as a listener or in a `catch` it gets what comes. */
export function reasonOf(given: unknown): StopReason {
  if (typeof given === "string") return { kind: "request", by: given };
  const kind = (given as StopReason | null)?.kind;
  if (kind === "os-signal" || kind === "fatal" || kind === "request" || kind === "prestop") return given as StopReason;
  return { kind: "request", by: given instanceof Error ? messageOf(given) : describe(given) };
}
