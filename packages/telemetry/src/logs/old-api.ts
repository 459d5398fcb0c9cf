import { type LoggerProvider, createNoopLogger } from "@opentelemetry/api";
import type { Tell } from "../channels.ts";

/** Where `@opentelemetry/api-logs` looks for the provider, which `@opentelemetry/api` 1.10 replaced. */
const key = Symbol.for("io.opentelemetry.js.api.logs");

/** The only version that its copies have asked for. */
const askedVersion = 1;

/** What serving the old logs API needs. */
export interface OldLogsApiOptions {
  readonly loggerProvider: LoggerProvider;
  readonly tell: Tell;
}

/**
 * Serves a provider to whatever still uses `@opentelemetry/api-logs`: `@opentelemetry/winston-transport`, older
 * instrumentations, an application's own use. They send nothing otherwise, and do not say so. Loggers that were asked for
 * before stay silent. A provider that somebody else has registered there is left alone, and that is told.
 *
 * Disposing takes it away again.
 */
export function serveOldLogsApi({ loggerProvider, tell }: OldLogsApiOptions): Disposable {
  if (isServedOldApi()) {
    tell({
      level: "warn",
      code: "logs",
      message:
        "Something else has registered a LoggerProvider with @opentelemetry/api-logs: what is logged through that package goes there, " +
        "and not where this service sends its logs. Remove the other set-up, or move to the logs of @opentelemetry/api.",
    });
    return { [Symbol.dispose]() {} };
  }
  const provide = (version: number): LoggerProvider => (version === askedVersion ? loggerProvider : silent);
  Object.defineProperty(globalThis, key, { configurable: true, writable: true, enumerable: false, value: provide });
  return {
    [Symbol.dispose]() {
      if ((globalThis as Globals)[key] === provide) delete (globalThis as Globals)[key];
    },
  };
}

/** Whether anybody serves the old logs API. */
export const isServedOldApi = (): boolean => (globalThis as Globals)[key] !== undefined;

const silent: LoggerProvider = { getLogger: () => createNoopLogger() };

interface Globals {
  [key]?: unknown;
}
