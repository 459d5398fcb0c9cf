import { type DiagLogLevel, type DiagLogger, diag } from "@opentelemetry/api";

/** The global that every copy of `@opentelemetry/api` meets in. */
const apiKey = Symbol.for("opentelemetry.js.api.1");

interface ApiGlobal {
  diag?: DiagLogger | undefined;
}

/** What is set as the diagnostic logger. */
export interface OwnLogger {
  readonly logger: DiagLogger;
  readonly level: DiagLogLevel;
  /** Hears every error, also where another logger holds. */
  readonly onError: (text: string) => void;
}

/**
 * Sets a diagnostic logger that gives way to one of the application, set before or after, which is told all that it would be
 * told otherwise. Errors are heard none the less.
 */
export function setLoggerBeside({ logger, level, onError }: OwnLogger): Disposable {
  let theirs = apiOf()?.diag;
  if (!theirs) diag.setLogger(withErrors(logger, onError), { logLevel: level, suppressOverrideMessage: true });
  const api = apiOf();
  // Another version of the API may hold the global, and take no logger.
  if (!api) return { [Symbol.dispose]() {} };
  let held = theirs ? withErrors(theirs, onError) : api.diag;
  Object.defineProperty(api, "diag", {
    configurable: true,
    enumerable: true,
    get: () => held,
    set(next: DiagLogger) {
      theirs = next;
      held = withErrors(next, onError);
    },
  });
  return {
    [Symbol.dispose]() {
      // `diag.disable()` of the application has taken it out before.
      if (!Object.getOwnPropertyDescriptor(api, "diag")?.get) return;
      delete api.diag;
      if (theirs) api.diag = theirs;
    },
  };
}

const apiOf = (): ApiGlobal | undefined => (globalThis as { [apiKey]?: ApiGlobal })[apiKey];

const withErrors = (logger: DiagLogger, onError: (text: string) => void): DiagLogger => ({
  error(...said) {
    onError(said.map(String).join(" "));
    logger.error(...said);
  },
  warn: (...said) => logger.warn(...said),
  info: (...said) => logger.info(...said),
  debug: (...said) => logger.debug(...said),
  verbose: (...said) => logger.verbose(...said),
});
