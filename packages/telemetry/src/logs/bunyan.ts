import { hostname } from "node:os";
import { type Attributes, type Context, type Logger, context } from "@opentelemetry/api";
import type { Instrumentation } from "@opentelemetry/instrumentation";
import { setAttribute, toAnyValue } from "./any-value.ts";
import { setException, text } from "./exception.ts";
import { instrumentLibrary, replaceMethod } from "./library.ts";
import { type TraceFields, isWanted, send, traceFields } from "./send.ts";
import { severityOfLevel } from "./severity.ts";

/**
 * Correlates and sends what bunyan 1 and 2 write: every record that at least one stream of its logger takes, once, after
 * the serializers. All loggers share the method through which they write, so child loggers and those made before are
 * included.
 */
export const bunyanInstrumentation = (): Instrumentation =>
  instrumentLibrary<Bunyan>({ name: "bunyan", versions: [">=1.0.0 <3"], attach });

function attach(bunyan: Bunyan, logger: () => Logger): Disposable {
  const host = hostname();
  let listening = true;
  const replaced = replaceMethod<Emit>(
    bunyan.prototype,
    "_emit",
    (emit) =>
      function correlatedEmit(record, dryRun) {
        if (!listening) return emit.call(this, record, dryRun);
        const active = context.active();
        const ids = traceFields(active);
        if (ids !== undefined && record["trace_id"] === undefined) Object.assign(record, ids);
        const line = emit.call(this, record, dryRun);
        // A dry run is made for a DTrace probe: it writes nothing.
        if (dryRun !== true && isWanted(active)) sendRecord(this, record, active, ids);
        return line;
      },
  );

  function sendRecord(from: BunyanLogger, record: BunyanRecord, active: Context, ids?: TraceFields): void {
    try {
      if (!isWritten(from.streams, record.level)) return;
      const target = logger();
      const severityText = bunyan.nameFromLevel?.[record.level];
      const severityNumber = severityOfLevel(record.level, severityText);
      if (!target.enabled({ context: active, severityNumber })) return;
      send(target, {
        context: active,
        timestamp: isTime(record.time) ? record.time : new Date(),
        severityNumber,
        severityText: severityText ?? String(record.level),
        body: toAnyValue(record.msg),
        attributes: attributesOf(record, host, ids),
      });
    } catch {
      // Not the application's concern: the record is written.
    }
  }

  return {
    [Symbol.dispose]() {
      listening = false;
      replaced[Symbol.dispose]();
    },
  };
}

const isTime = (value: unknown): value is Date => value instanceof Date && !Number.isNaN(value.getTime());

/** Fields that the record has elsewhere, and the version of bunyan's format. */
const known: ReadonlySet<string> = new Set(["level", "msg", "v"]);

function attributesOf(record: BunyanRecord, host: string, ids?: TraceFields): Attributes {
  const attributes: Attributes = {};
  for (const name of Object.keys(record)) {
    const value = record[name];
    if (known.has(name) || (ids !== undefined && ids[name as keyof TraceFields] === value)) continue;
    if ((name === "pid" && value === process.pid) || (name === "hostname" && value === host)) continue;
    if (name === "time" && value instanceof Date) continue;
    if (name === "err" && isShownError(value)) takeError(attributes, name, value);
    else setAttribute(attributes, name, value);
  }
  return attributes;
}

/** What bunyan's serializer makes of an error, or the error itself where there is no serializer. */
const isShownError = (value: unknown): value is object =>
  typeof value === "object" && value !== null && text(() => (value as Error).message) !== undefined;

/** Its own fields, such as `code`, stay under its name. */
function takeError(attributes: Attributes, name: string, error: object): void {
  const { name: type, message, stack } = error as Error;
  setException(attributes, { type, message, stacktrace: stack });
  const { name: _name, message: _message, stack: _stack, ...more } = error as Record<string, unknown>;
  if (Object.values(more).some((value) => value !== undefined)) setAttribute(attributes, name, more);
}

/** Whether at least one stream takes a record, and none is the official instrumentation's, which sends it then. */
function isWritten(streams: BunyanLogger["streams"], level: number): boolean {
  let written = false;
  for (const one of streams) {
    if (one.stream?.constructor?.name === "OpenTelemetryBunyanStream") return false;
    written ||= one.level <= level;
  }
  return written;
}

/** What of bunyan is used: it exports the class of its loggers. */
interface Bunyan {
  readonly prototype: object;
  readonly nameFromLevel?: Readonly<Record<number, string>>;
}

interface BunyanLogger {
  readonly streams: readonly { readonly level: number; readonly stream?: object }[];
}

interface BunyanRecord {
  readonly level: number;
  readonly msg?: unknown;
  readonly time?: unknown;
  [name: string]: unknown;
}

type Emit = (this: BunyanLogger, record: BunyanRecord, dryRun?: boolean) => unknown;
