import { type DiagLogLevel, type DiagLogger, diag } from "@opentelemetry/api";
import { loggingErrorHandler, setGlobalErrorHandler } from "@opentelemetry/core";
import { type Clock, messageOf } from "@seaworthy/lifecycle";
import type { Tell, TelemetryNotice } from "./channels.ts";
import { isHeardOf } from "./pipelines/counted-exporter.ts";

/** What the SDK says of a partly taken export; the key names the pipeline. */
export interface PartialSuccess {
  readonly rejectedSpans?: number | string;
  readonly rejectedDataPoints?: number | string;
  readonly rejectedLogRecords?: number | string;
  readonly errorMessage?: string;
}

/** Hears what the SDK says of itself, where that has to be acted on. */
export interface DiagListener {
  partialSuccess(response: PartialSuccess): void;
  /** Another SDK tried to register after this one. */
  duplicateRegistration(stack: string): void;
}

/** The same sentence is told this often. */
const repeatMs = 60_000;

/** What is known already by the books of the pipelines, and told there. */
const toldElsewhere =
  /maxQueueSize reached|Export (failed|retry|succeeded)|metrics export (failed|timed out|threw)|Concurrent export limit/;

/** What an exporter that is made for the last export hears when it wants to measure itself. */
const atTheEnd = /^A shutdown MeterProvider cannot provide a Meter/;

/** Turns what the SDK writes to its diagnostic logger, which is nothing by default, into notices. */
export function listenToSdk(level: DiagLogLevel, clock: Clock, tell: Tell, listener: DiagListener): Disposable {
  const toldAt = new Map<string, number>();

  const say =
    (severity: TelemetryNotice["level"]) =>
    (message: string, ...details: unknown[]): void => {
      const text = [message, ...details.map(textOf)].join(" ");
      const partial = /^Received Partial Success response: (.*)$/.exec(text)?.[1];
      if (partial !== undefined) return listener.partialSuccess(parse(partial));
      if (/Attempted duplicate registration of API/.test(text)) return listener.duplicateRegistration(text);
      if (toldElsewhere.test(text) || atTheEnd.test(text)) return;
      const last = toldAt.get(message);
      if (last !== undefined && clock.now() - last < repeatMs) return;
      if (toldAt.size >= mostSentences) toldAt.clear();
      toldAt.set(message, clock.now());
      tell({ level: severity, code: "sdk", message: `OpenTelemetry says: ${shorten(text)}` });
    };
  const logger: DiagLogger = {
    error: say("error"),
    warn: say("warn"),
    info: say("info"),
    debug: say("info"),
    verbose: say("info"),
  };

  diag.setLogger(logger, { logLevel: level, suppressOverrideMessage: true });
  setGlobalErrorHandler((error) => {
    if (!isHeardOf(error)) logger.warn(messageOf(error));
  });
  return {
    [Symbol.dispose]() {
      diag.disable();
      setGlobalErrorHandler(loggingErrorHandler());
    },
  };
}

/** What a sentence is remembered by must not grow without end: some carry numbers. */
const mostSentences = 200;

function parse(json: string): PartialSuccess {
  try {
    return JSON.parse(json) as PartialSuccess;
  } catch {
    return {};
  }
}

const textOf = (detail: unknown): string => (typeof detail === "string" ? detail : messageOf(detail));

const shorten = (text: string): string => (text.length <= 500 ? text : `${text.slice(0, 500)}…`);
