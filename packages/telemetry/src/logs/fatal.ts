import { type Attributes, type Context, type Logger, SeverityNumber } from "@opentelemetry/api";
import { EVENT_EXCEPTION } from "@opentelemetry/semantic-conventions";
import { setAttribute } from "./any-value.ts";
import { cut, errorType, isError, setException, text } from "./exception.ts";
import { send } from "./send.ts";

const { inspect } = process.getBuiltinModule("node:util");

/** A fatal error, and where it is recorded. */
export interface FatalRecord {
  readonly logger: Logger;
  /** Whatever was thrown, or what a promise was rejected with. */
  readonly error: unknown;
  /** How it became fatal, as the life tells it: `uncaughtException`, `unhandledRejection`, `startup`. */
  readonly origin: string;
  /** Default: the active one. */
  readonly context?: Context;
}

/**
 * Records a fatal error as the event `exception` of severity FATAL, with `exception.type`, `exception.message` and
 * `exception.stacktrace`, in which its causes and the errors of an `AggregateError` are shown as Node prints them. Logs are
 * where the conventions for exceptions (1.45) want it: exceptions as span events are deprecated.
 *
 * It never throws, whatever was: null, a revoked proxy, an error whose getters throw. It is recorded only; the flush that
 * sends it is up to the caller.
 */
export function recordFatal({ logger, error, origin, context }: FatalRecord): void {
  const shown = describe(error);
  const attributes: Attributes = {};
  setException(attributes, shown);
  setAttribute(attributes, "seaworthy.fatal.origin", origin);
  send(logger, {
    eventName: EVENT_EXCEPTION,
    timestamp: Date.now(),
    severityNumber: SeverityNumber.FATAL,
    severityText: "fatal",
    body: cut(`Fatal (${origin}): ${headline(shown)}`, maxBody),
    attributes,
    ...(context && { context }),
  });
}

interface Thrown {
  readonly type: string;
  readonly message: string;
  readonly stacktrace?: string | undefined;
}

/** In UTF-16 code units; the message is whole, or longer, in `exception.message`. */
const maxBody = 1_024;

const headline = ({ type, message }: Thrown): string => (message === "" ? type : `${type}: ${message}`);

function describe(error: unknown): Thrown {
  if (!isError(error)) return { type: typeOf(error), message: show(error) };
  const message = text(() => error.message) ?? "";
  return { type: errorType(error), message, stacktrace: stackOf(error) };
}

/** The class of what is no error, or what `typeof` says of it. */
function typeOf(value: unknown): string {
  if (value === null) return "null";
  return (typeof value === "object" ? text(() => value.constructor.name) : undefined) ?? typeof value;
}

/** The stack with all that hangs on it; the bare one if a part of that cannot be shown. */
function stackOf(error: Error): string | undefined {
  const hasMore = text(() => (error.cause !== undefined || "errors" in error ? "more" : undefined)) !== undefined;
  return (hasMore ? text(() => inspect(error, limits)) : undefined) ?? text(() => error.stack);
}

const show = (value: unknown): string =>
  typeof value === "string" ? value : (text(() => inspect(value, limits)) ?? "(cannot be shown)");

/** Of a chain of causes five are shown, of many errors ten, of a long text what a message may hold. */
const limits = { depth: 5, maxArrayLength: 10, maxStringLength: 16_384, breakLength: 120 } as const;
