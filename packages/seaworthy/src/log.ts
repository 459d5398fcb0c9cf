import { SeaworthyError, describe, messageOf } from "@seaworthy/lifecycle";
import type { SeaworthyErrorCode } from "./errors.ts";

const { inspect } = process.getBuiltinModule("node:util");

/** What of a logger is used; pino, and whatever has its shape. */
export interface Logger {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/** How much an event matters. */
export type Level = keyof Logger;

const levels: readonly Level[] = ["info", "warn", "error"];

/**
 * The logger that an option asks for. It never throws: a log that fails must not be what stops the service.
 *
 * @throws `ERR_SEAWORTHY_OPTION` for what is no logger.
 */
export function resolveLogger(option: Logger | "json" | "text" | false | undefined, service: string): Logger {
  if (option === false) return sealed(() => {});
  if (option === undefined) return resolveLogger(process.stderr.isTTY ? "text" : "json", service);
  if (option === "json") return sealed((level, fields, message) => write(jsonLine(service, level, fields, message)));
  if (option === "text") return sealed((level, fields, message) => write(textLine(level, fields, message)));
  if (typeof option === "object" && option !== null && levels.every((level) => typeof option[level] === "function")) {
    return sealed((level, fields, message) => option[level](fields, message));
  }
  const code: SeaworthyErrorCode = "ERR_SEAWORTHY_OPTION";
  throw new SeaworthyError(code, {
    expected: 'the `log` option to be "json", "text", false, or an object with info, warn and error',
    got: describe(option),
    fix: "Pass your pino logger, or leave it out for lines on stderr.",
  });
}

type Sink = (level: Level, fields: object, message: string) => unknown;

function sealed(sink: Sink): Logger {
  const at =
    (level: Level) =>
    (fields: object, message: string): void => {
      try {
        // A logger that is an async function fails later.
        void Promise.resolve(sink(level, fields, message)).catch(() => {});
      } catch {
        // There is nowhere left to say it.
      }
    };
  return { info: at("info"), warn: at("warn"), error: at("error") };
}

function write(line: string): void {
  const { stderr } = process;
  stderr.write(line, (error) => {
    // Its reader has gone: without a listener the error would be an uncaught exception, and end in another line.
    if (error && stderr.listenerCount("error") === 0) stderr.once("error", () => {});
  });
}

function jsonLine(service: string, level: Level, fields: object, message: string): string {
  const line = { time: new Date().toISOString(), level, service, msg: message };
  try {
    return `${JSON.stringify({ ...line, ...fields }, plainErrors())}\n`;
  } catch {
    // A circle, say.
    return `${JSON.stringify({ ...line, fields: show(fields) })}\n`;
  }
}

function show(value: unknown): string {
  try {
    return inspect(value);
  } catch (error) {
    return `(cannot be shown: ${messageOf(error)})`;
  }
}

function textLine(level: Level, fields: object & { err?: unknown }, message: string): string {
  const time = new Date().toISOString().slice(11, 23);
  const error = fields.err instanceof Error && level === "error" ? `\n${show(fields.err)}` : "";
  return `${time} ${level.padEnd(5)} ${message}${error}\n`;
}

/** Makes a replacer for `JSON.stringify` that shows errors, each in full where it comes first. */
function plainErrors(): (key: string, value: unknown) => unknown {
  const shown = new Set<Error>();
  return (_key, value) => {
    if (typeof value === "bigint") return String(value);
    if (!(value instanceof Error)) return value;
    if (shown.has(value)) return String(value);
    shown.add(value);
    const { name, message, stack, cause } = value;
    const { code, errors } = value as NodeJS.ErrnoException & Partial<AggregateError>;
    return {
      type: name,
      message,
      ...(code !== undefined && { code }),
      stack,
      ...(errors !== undefined && { errors }),
      ...(cause !== undefined && { cause }),
    };
  };
}
