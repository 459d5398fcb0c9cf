import { type Attributes, type Context, type Logger, context } from "@opentelemetry/api";
import { suppressTracing } from "@opentelemetry/core";
import type { Instrumentation } from "@opentelemetry/instrumentation";
import { setAttribute, toAnyValue } from "./any-value.ts";
import { plainText } from "./plain-text.ts";
import { errorFields, errorType, isError, setException, text, typeOfStack } from "./exception.ts";
import { instrumentLibrary, ownerOf, replaceMethod } from "./library.ts";
import { type TraceFields, isWanted, send, traceFields } from "./send.ts";
import { isServedOldApi } from "./old-api.ts";
import { severityOfName } from "./severity.ts";
import { type WinstonInfo, type WinstonLogger, type WinstonTransport, isTaken } from "./winston-transports.ts";

/**
 * Correlates and sends what winston 3 writes: every record that at least one transport of its logger takes, once, with
 * the logger's own format applied (a transport's format is that transport's), and in the context in which it was logged,
 * even if a slow transport makes the logger buffer it. The default logger, child loggers and loggers that are configured
 * again or get their transports later are included.
 *
 * The ids are set on the record before it is formatted, so every format sees them; those that the application set itself
 * stay. A logger that has the transport of `@opentelemetry/winston-transport` is correlated and left to that.
 */
export const winstonInstrumentation = (): Instrumentation =>
  instrumentLibrary<Winston>({ name: "winston", versions: [">=3.0.0 <4"], attach });

/** The symbol of triple-beam under which a record has its level without colours, and its other arguments. */
const levelKey = Symbol.for("level");
const splatKey = Symbol.for("splat");

function attach(winston: Winston, logger: () => Logger): Disposable {
  /** Of records that are being logged: where and when that was. */
  const logged = new WeakMap<object, Moment>();
  let formatting: WinstonInfo | undefined;
  let listening = true;
  // All loggers share it. Not every version exports it, so it is asked of a logger.
  const prototype = ownerOf(winston.createLogger({ silent: true }), "_transform");

  const replaced = [
    replaceMethod<Method>(
      prototype,
      "write",
      (write) =>
        function correlatedWrite(info, ...rest) {
          if (listening && isObject(info)) correlate(info, logged);
          return write.call(this, info, ...rest);
        },
    ),
    replaceMethod<Method>(
      prototype,
      "_transform",
      (transform) =>
        function sendingTransform(info, ...rest) {
          const outer = formatting;
          formatting = listening && isObject(info) ? info : undefined;
          try {
            return transform.call(this, info, ...rest);
          } finally {
            formatting = outer;
          }
        },
    ),
    // What the format made of a record is pushed to the transports.
    replaceMethod<Method>(
      prototype,
      "push",
      (push) =>
        function sendingPush(info, ...rest) {
          const original = formatting;
          formatting = undefined;
          if (original !== undefined && isObject(info)) sendInfo(this as WinstonLogger, original, info);
          return push.call(this, info, ...rest);
        },
    ),
    // It prints through the console if it is told to: the console's bridge must not send that again.
    replaceMethod<Method>(
      winston.transports.Console.prototype,
      "log",
      (log) =>
        function unheardLog(...args) {
          if (!listening || (this as { forceConsole?: boolean }).forceConsole !== true) return log.apply(this, args);
          return context.with(suppressTracing(context.active()), () => log.apply(this, args));
        },
    ),
  ];

  function sendInfo(from: WinstonLogger, original: WinstonInfo, info: WinstonInfo): void {
    try {
      const moment = logged.get(original) ?? { active: context.active(), timestamp: Date.now() };
      if (!isWanted(moment.active) || !isTaken(info, from)) return;
      if (hasOwnTransport(from.transports)) return;
      const target = logger();
      const severityText = String(info[levelKey]);
      const severityNumber = severityOfName(severityText);
      const about = { context: moment.active, ...(severityNumber !== undefined && { severityNumber }) };
      if (!target.enabled(about)) return;
      const body = typeof info.message === "string" ? plainText(info.message) : toAnyValue(info.message);
      const attributes = attributesOf(original, info, moment.active);
      send(target, { ...about, timestamp: moment.timestamp, severityText, body, attributes });
    } catch {
      // Not the application's concern: the record is written.
    }
  }

  return {
    [Symbol.dispose]() {
      listening = false;
      for (const one of replaced) one[Symbol.dispose]();
    },
  };
}

interface Moment {
  readonly active: Context;
  readonly timestamp: number;
  /** Whether the ids in the record are those that were set here. */
  readonly isStamped?: boolean;
}

function correlate(info: WinstonInfo, logged: WeakMap<object, Moment>): void {
  const active = context.active();
  const ids = traceFields(active);
  try {
    if (info["trace_id"] !== undefined && isStale(info, logged)) for (const name of idNames) delete info[name];
    const isStamped = ids !== undefined && info["trace_id"] === undefined;
    logged.set(info, { active, timestamp: Date.now(), isStamped });
    if (isStamped) Object.assign(info, ids);
  } catch {
    // A frozen one.
  }
}

/** An object or error that is logged again has the ids of the time before, itself or as it was merged into the record. */
function isStale(info: WinstonInfo, logged: WeakMap<object, Moment>): boolean {
  const splat = info[splatKey];
  const sources: readonly unknown[] = [info, ...(Array.isArray(splat) ? (splat as unknown[]) : [])];
  return sources.some((source) => isObject(source) && logged.get(source)?.isStamped);
}

const idNames = ["trace_id", "span_id", "trace_flags"] as const;

/** What winston adds to an exception or rejection that it handles: the resource has it, or should not (`argv`). */
const surroundings: ReadonlySet<string> = new Set(["date", "process", "os", "trace"]);

function attributesOf(original: WinstonInfo, info: WinstonInfo, active: Context): Attributes {
  const attributes: Attributes = {};
  const ids: Partial<TraceFields> = traceFields(active) ?? {};
  const isHandled = info["exception"] === true || info["rejection"] === true;
  const error = errorOf(original, info);
  for (const name of Object.keys(info)) {
    if (name === "level" || name === "message" || (name === "stack" && typeof info[name] === "string")) continue;
    const value = info[name];
    if ((isHandled && surroundings.has(name)) || (name in ids && ids[name as keyof TraceFields] === value)) continue;
    if (value !== error) setAttribute(attributes, name, value);
    else if (isError(value)) setOwnFields(attributes, name, value);
  }
  describeError(attributes, info, error);
  return attributes;
}

/** The error that a record is about: itself, an argument, or a field by one of the usual names. */
function errorOf(original: WinstonInfo, info: WinstonInfo): Error | undefined {
  if (isError(original)) return original;
  const splat = original[splatKey];
  const candidates = [
    info["error"],
    info["err"],
    info["exception"],
    ...(Array.isArray(splat) ? (splat as unknown[]) : []),
  ];
  return candidates.find((candidate) => isError(candidate));
}

/** Only what the format has left in the record is told of the error: it may have taken a message or a stack out. */
function describeError(attributes: Attributes, info: WinstonInfo, error: Error | undefined): void {
  const isField =
    error !== undefined && (info["error"] === error || info["err"] === error || info["exception"] === error);
  const stacktrace = text(() => info["stack"]) ?? (isField ? text(() => error.stack) : undefined);
  if (error === undefined && stacktrace === undefined) return;
  const message = error && text(() => error.message);
  const isLeft =
    isField || [stacktrace, info.message].some((left) => typeof left === "string" && left.includes(message ?? ""));
  const type = error === undefined ? typeOfStack(stacktrace ?? "") : errorType(error);
  setException(attributes, { type, message: isLeft ? message : undefined, stacktrace });
}

/**
 * The fields of an error that are not told by `exception.*`, such as `code`, under the name that it has in the record;
 * without those that logging the error itself has left on it.
 */
function setOwnFields(attributes: Attributes, name: string, error: Error): void {
  const fields = Object.entries(errorFields(error)).filter(([field]) => !isToldElsewhere.has(field));
  if (fields.length > 0) setAttribute(attributes, name, Object.fromEntries(fields));
}

const isToldElsewhere: ReadonlySet<string> = new Set(["type", "message", "stacktrace", "level", ...idNames]);

/** Whether a transport of the old logs API sends what this logger writes. Where nobody serves that API, it sends nothing. */
const hasOwnTransport = (transports: readonly WinstonTransport[]): boolean =>
  isServedOldApi() && transports.some((transport) => transport.constructor.name === "OpenTelemetryTransportV3");

const isObject = (value: unknown): value is WinstonInfo => typeof value === "object" && value !== null;

type Method = (this: object, info?: unknown, ...rest: unknown[]) => unknown;

/** What of winston is used. */
interface Winston {
  createLogger(options: { silent: boolean }): object;
  readonly transports: { readonly Console: { readonly prototype: object } };
}
