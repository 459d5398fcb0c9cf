import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { type Attributes, type Logger, SeverityNumber, context } from "@opentelemetry/api";
import { ATTR_CODE_STACKTRACE } from "@opentelemetry/semantic-conventions";
import { errorType, isError, setException, text } from "./exception.ts";
import { plainText } from "./plain-text.ts";
import { isWanted, send } from "./send.ts";

const { format } = process.getBuiltinModule("node:util");

/** What the console's bridge needs. */
export interface ConsoleBridgeOptions {
  readonly logger: Logger;
}

/**
 * Sends what `console` prints, as it prints it: `debug`, `log`, `info`, `warn`, `error` and `trace`, and what calls them
 * (`assert`, `count`, `table` …), but not `dir`, which Node prints past them. A console that is made with `new Console` is
 * one as well. Disposing stops it.
 *
 * Node tells of each call on a channel (nodejs.org/api/diagnostics_channel, "Console"): nothing is replaced, so what is
 * printed, its stack traces, `console.log.bind(console)` and subclasses are what they were. For the same reason the
 * printed text holds no trace id; the record does.
 *
 * Not sent are calls made while a record is handed over or exported, and those that a bridged logger prints through.
 */
export function bridgeConsole({ logger }: ConsoleBridgeOptions): Disposable {
  const onPrint = (args: unknown, channel: string | symbol): void => {
    // An error thrown here would be an uncaught exception: Node runs subscribers so.
    try {
      const method = String(channel).slice(prefix.length) as Method;
      print(logger, method, args as readonly unknown[]);
    } catch {
      // What cannot be formatted is the console's concern, which is about to try.
    }
  };
  for (const method of methods) subscribe(prefix + method, onPrint);
  return {
    [Symbol.dispose]() {
      for (const method of methods) unsubscribe(prefix + method, onPrint);
    },
  };
}

const prefix = "console.";

const severities = {
  debug: SeverityNumber.DEBUG,
  log: SeverityNumber.INFO,
  info: SeverityNumber.INFO,
  warn: SeverityNumber.WARN,
  error: SeverityNumber.ERROR,
} as const;

type Method = keyof typeof severities;

const methods = Object.keys(severities) as readonly Method[];

function print(logger: Logger, method: Method, args: readonly unknown[]): void {
  const active = context.active();
  if (!isWanted(active)) return;
  const trace = method === "error" && args.length === 1 ? traceOf(args[0]) : undefined;
  const severityNumber = trace === undefined ? severities[method] : SeverityNumber.TRACE;
  if (!logger.enabled({ context: active, severityNumber })) return;
  const attributes: Attributes = {};
  if (trace !== undefined) attributes[ATTR_CODE_STACKTRACE] = trace.stack;
  const error = args.find((arg) => isError(arg));
  if (error !== undefined) {
    const [message, stacktrace] = [text(() => error.message), text(() => error.stack)];
    setException(attributes, { type: errorType(error), message, stacktrace });
  }
  send(logger, {
    context: active,
    timestamp: Date.now(),
    severityNumber,
    severityText: trace === undefined ? method : "trace",
    body: trace?.message ?? plainText(format(...args)),
    attributes,
  });
}

/** `console.trace` prints through `console.error`: "Trace", its message and where it was called. */
function traceOf(printed: unknown): { readonly message: string; readonly stack: string } | undefined {
  if (typeof printed !== "string" || !printed.startsWith("Trace")) return undefined;
  const found = /^Trace(?:: ([\s\S]*?))?\n((?: {4}at .*(?:\n|$))+)$/.exec(printed);
  return found ? { message: plainText(found[1] ?? ""), stack: (found[2] ?? "").trimEnd() } : undefined;
}
