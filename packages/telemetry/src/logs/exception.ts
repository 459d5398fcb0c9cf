import type { Attributes } from "@opentelemetry/api";
import {
  ATTR_EXCEPTION_MESSAGE,
  ATTR_EXCEPTION_STACKTRACE,
  ATTR_EXCEPTION_TYPE,
} from "@opentelemetry/semantic-conventions";

/** An error as records show it. */
export interface ShownError {
  readonly type?: string | undefined;
  readonly message?: string | undefined;
  readonly stacktrace?: string | undefined;
}

/** Longer ones are cut: one error must not fill a batch. In UTF-16 code units. */
const maxMessage = 16_384;
const maxStack = 65_536;

/** Whether a value is an error, of this realm or of another one. */
export function isError(value: unknown): value is Error {
  try {
    return value instanceof Error || Object.prototype.toString.call(value) === "[object Error]";
  } catch {
    // A proxy that was revoked, or that does not say.
    return false;
  }
}

/** Sets `exception.*`, as the conventions for exceptions in logs name them. */
export function setException(attributes: Attributes, { type, message, stacktrace }: ShownError): void {
  if (type !== undefined && type !== "") attributes[ATTR_EXCEPTION_TYPE] = type;
  if (message !== undefined && message !== "") attributes[ATTR_EXCEPTION_MESSAGE] = cut(message, maxMessage);
  if (stacktrace !== undefined && stacktrace !== "") attributes[ATTR_EXCEPTION_STACKTRACE] = cut(stacktrace, maxStack);
}

/** The class of an error, by the name that it gives itself; a subclass that gives itself none has that of its class. */
export function errorType(error: Error): string {
  const name = text(() => error.name);
  if (name !== undefined && name !== "Error") return name;
  return text(() => error.constructor.name) ?? name ?? "Error";
}

/** What of an error a record shows, with its own fields (`code`, `statusCode`, `cause` …), none of which throws. */
export function errorFields(error: Error): Record<string, unknown> {
  const fields: Record<string, unknown> = {
    type: errorType(error),
    message: text(() => error.message),
    stacktrace: text(() => error.stack),
  };
  for (const name of ownNames(error)) {
    if (name === "name" || name === "message" || name === "stack") continue;
    try {
      fields[name] = (error as unknown as Record<string, unknown>)[name];
    } catch {
      // A getter that throws.
    }
  }
  return fields;
}

/** The type that a stack begins with: `TypeError: no such thing` and what follows it. */
export const typeOfStack = (stack: string): string | undefined =>
  /^(?:Uncaught )?([\w$.]+)(?::| \[|\n|$)/.exec(stack)?.[1];

function ownNames(error: Error): readonly string[] {
  try {
    const names = Object.keys(error);
    return Object.hasOwn(error, "cause") && !names.includes("cause") ? [...names, "cause"] : names;
  } catch {
    return [];
  }
}

/** A string that a getter gives, if it is one and does not throw. */
export function text(read: () => unknown): string | undefined {
  try {
    const value = read();
    return typeof value === "string" ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Cuts a text that is too long, and says so. */
export const cut = (long: string, length: number): string =>
  long.length <= length ? long : `${long.slice(0, length)}… (${long.length - length} more)`;
