import { hostname } from "node:os";
import { type Attributes, type Context, type LogRecord, type Logger, context } from "@opentelemetry/api";
import type { Instrumentation } from "@opentelemetry/instrumentation";
import { setException } from "./exception.ts";
import { instrumentLibrary, ownerOf, replaceMethod } from "./library.ts";
import { type TraceFields, isWanted, send, traceFields } from "./send.ts";
import { severityOfLevel } from "./severity.ts";

/**
 * Correlates and sends what pino 7 to 10 writes: every line of every logger, child loggers and those made before
 * included, as it is written, so that what `redact`, serializers, formatters and `hooks.streamWrite` took out is not
 * sent either. A line below the level of the logger, or of all streams of a `pino.multistream`, is not sent; the levels
 * of targets inside a transport's worker thread are known to that thread only.
 *
 * The ids are fields of the line, as a `mixin` would add them; those that the application gives itself stay.
 *
 * The official instrumentation puts a stream of its own in the place of the logger's, which has no `flush()`: a
 * `logger.flush()` before the exit then loses what an asynchronous destination or a transport still holds.
 */
export const pinoInstrumentation = (): Instrumentation =>
  instrumentLibrary<Pino>({ name: "pino", versions: [">=7.0.0 <11"], attach });

function attach(pino: Pino, logger: () => Logger): Disposable {
  const { symbols } = pino;
  const readLine = lineReader(symbols);
  let listening = true;

  // All loggers share it. It is not exported, so it is asked of a logger that writes nothing.
  const shared = ownerOf(pino({ level: "silent" }, { write() {} }), symbols.asJsonSym);
  const replaced = replaceMethod<AsJson>(
    shared,
    symbols.asJsonSym,
    (asJson) =>
      function correlatedAsJson(fields, message, level, time) {
        if (!listening) return asJson.call(this, fields, message, level, time);
        const active = context.active();
        const ids = traceFields(active);
        const correlated = ids === undefined ? fields : { ...ids, ...fields };
        const line = asJson.call(this, correlated, message, level, time);
        if (isWanted(active)) sendLine(this, line, level, active, ids);
        return line;
      },
  );

  function sendLine(from: PinoLogger, line: string, level: number, active: Context, ids?: TraceFields): void {
    try {
      if (!isWritten(from[symbols.streamSym] as PinoStream, level)) return;
      const target = logger();
      const severityText = from.levels.labels[level];
      const severityNumber = severityOfLevel(level, severityText);
      if (!target.enabled({ context: active, severityNumber })) return;
      const record: LogRecord = { context: active, timestamp: Date.now(), severityNumber, attributes: {} };
      if (severityText !== undefined) record.severityText = severityText;
      readLine(record, from, line, ids);
      send(target, record);
    } catch {
      // Not the application's concern: the line is written.
    }
  }

  return {
    [Symbol.dispose]() {
      listening = false;
      replaced[Symbol.dispose]();
    },
  };
}

type ReadLine = (record: LogRecord, from: PinoLogger, line: string, ids?: TraceFields) => void;

/**
 * Reads a line back: that is what holds the bindings of child loggers, and not what was redacted. One that is no JSON, as
 * `hooks.streamWrite` may make it, is sent as it is.
 */
function lineReader(symbols: PinoSymbols): ReadLine {
  const { hooksSym, messageKeySym, errorKeySym, nestedKeySym } = symbols;
  const host = hostname();

  return (record, from, line, ids) => {
    const streamWrite = (from[hooksSym] as PinoHooks | undefined)?.streamWrite;
    const written = streamWrite === undefined ? line : streamWrite(line);
    const fields = fieldsOf(written);
    if (fields === undefined) return void (record.body = written.trimEnd());
    const messageKey = (from[messageKeySym] as string | undefined) ?? "msg";
    const errorKey = (from[errorKeySym] as string | undefined) ?? "err";
    const nestedKey = (from[nestedKeySym] as string | null | undefined) ?? undefined;
    const attributes: Attributes = {};
    for (const name in fields) {
      const value = fields[name];
      if (name === "level" || (name === "pid" && value === process.pid) || (name === "hostname" && value === host))
        continue;
      if (name === messageKey) record.body = value;
      else if (name === "time") {
        const timestamp = epochMs(value);
        if (timestamp === undefined) attributes[name] = value;
        else record.timestamp = timestamp;
      } else if (name === nestedKey && typeof value === "object" && value !== null) {
        for (const [inner, field] of Object.entries(value)) take(attributes, inner, field, errorKey, ids);
      } else take(attributes, name, value, errorKey, ids);
    }
    record.attributes = attributes;
  };
}

function fieldsOf(line: string): Record<string, unknown> | undefined {
  try {
    return JSON.parse(line) as Record<string, unknown>;
  } catch {
    return undefined;
  }
}

function take(attributes: Attributes, name: string, value: unknown, errorKey: string, ids?: TraceFields): void {
  if (name === errorKey && isShownError(value)) takeError(attributes, name, value);
  else if (ids === undefined || ids[name as keyof TraceFields] !== value) attributes[name] = value;
}

interface SerializedError {
  type?: string;
  message: string;
  stack?: string;
}

const isShownError = (value: unknown): value is SerializedError =>
  typeof value === "object" && value !== null && "message" in value && typeof value.message === "string";

/** What `pino-std-serializers` made of an error; its own fields, such as `code`, stay under its name. */
function takeError(attributes: Attributes, name: string, error: SerializedError): void {
  const { type, message, stack, ...more } = error;
  setException(attributes, { type, message, stacktrace: stack });
  if (Object.keys(more).length > 0) attributes[name] = more;
}

/** The time of a line in milliseconds since the epoch, as pino's own functions write it; undefined for another one's. */
function epochMs(time: unknown): number | undefined {
  // In seconds (unixTime), milliseconds (epochTime) or nanoseconds (epochNano): none of them has been this long.
  if (typeof time === "number" && time > 0) return time < 1e11 ? time * 1e3 : time < 1e14 ? time : time / 1e6;
  const parsed = typeof time === "string" ? Date.parse(time) : Number.NaN;
  return Number.isNaN(parsed) ? undefined : parsed;
}

/** A multistream writes a line only to those of its streams whose level it reaches; another stream writes all. */
function isWritten(stream: PinoStream, level: number): boolean {
  const { streams, minLevel } = stream;
  if (!Array.isArray(streams) || typeof minLevel !== "number") return true;
  if (streams.length === 0 || minLevel > level) return false;
  return !hasOfficialStream(streams);
}

/** Whether the official instrumentation sends what goes to a multistream: then it is not sent again. */
function hasOfficialStream(streams: PinoStream["streams"] & object): boolean {
  let has = official.get(streams);
  if (has === undefined) {
    has = streams.some(({ stream }) => (stream as object | undefined)?.constructor?.name === "OTelPinoStream");
    official.set(streams, has);
  }
  return has;
}

const official = new WeakMap<object, boolean>();

/** What of pino is used; its symbols are part of what it exports. */
interface Pino {
  (options: { level: string }, stream: { write(line: string): void }): object;
  readonly symbols: PinoSymbols;
}

interface PinoSymbols {
  readonly asJsonSym: symbol;
  readonly streamSym: symbol;
  readonly hooksSym: symbol;
  readonly messageKeySym: symbol;
  readonly errorKeySym: symbol;
  readonly nestedKeySym: symbol;
}

interface PinoLogger {
  readonly levels: { readonly labels: Readonly<Record<number, string>> };
  readonly [name: symbol]: unknown;
}

interface PinoHooks {
  readonly streamWrite?: (line: string) => string;
}

interface PinoStream {
  readonly minLevel?: number;
  readonly streams?: readonly { readonly stream?: unknown }[];
}

type AsJson = (this: PinoLogger, fields: object, message: unknown, level: number, time: string) => string;
