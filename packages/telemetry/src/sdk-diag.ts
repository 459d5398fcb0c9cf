import { DiagLogLevel, type DiagLogger, diag } from "@opentelemetry/api";
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
  /** The answer to an export that was taken is not one of OTLP. */
  strangeAnswer(answer: string): void;
  /** Another SDK tried to register after this one. */
  duplicateRegistration(stack: string): void;
}

/** The same sentence is told this often, and in that while so many at most. */
const repeatMs = 60_000;
const mostSentences = 20;

/** What is known already by the books of the pipelines, and told there. */
const toldElsewhere =
  /^Timeout$|maxQueueSize reached|Export (failed|retry|succeeded)|metrics export (failed|timed out|threw)|Concurrent export limit/;

/** What an exporter that is made for the last export hears when it wants to measure itself, or loads what is instrumented. */
const atTheEnd = /^A shutdown (?:MeterProvider cannot provide a Meter|LoggerProvider cannot provide a Logger)/;

/**
 * Turns what the SDK writes to its diagnostic logger, which is nothing by default, into notices. What has to be acted on
 * is heard whatever the level, which says only what is told.
 */
export function listenToSdk(level: DiagLogLevel, clock: Clock, tell: Tell, listener: DiagListener): Disposable {
  const toldAt = new Map<string, number>();
  let since = Number.NEGATIVE_INFINITY;
  let sentences = 0;

  /** Whether a sentence is to be told now: some carry values, so that no two are the same. */
  const isDue = (sentence: string): boolean => {
    const now = clock.now();
    const last = toldAt.get(sentence);
    if (last !== undefined && now - last < repeatMs) return false;
    if (now - since >= repeatMs) {
      for (const [other, at] of toldAt) if (now - at >= repeatMs) toldAt.delete(other);
      since = now;
      sentences = 0;
    }
    sentences += 1;
    if (sentences <= mostSentences) toldAt.set(sentence, now);
    else if (sentences === mostSentences + 1) {
      tell({ level: "warn", code: "sdk", message: "OpenTelemetry says more, which is left out for a minute." });
    }
    return sentences <= mostSentences;
  };

  const say =
    (severity: TelemetryNotice["level"], of: DiagLogLevel) =>
    (message: string, ...details: unknown[]): void => {
      const text = [message, ...details.map(textOf)].join(" ");
      const partial = /^Received Partial Success response: (.*)$/.exec(text)?.[1];
      if (partial !== undefined) {
        const response = parse(partial);
        if (isRejection(response)) return listener.partialSuccess(response);
        if (!response.errorMessage) return;
      }
      if (couldNotRead.test(text)) return listener.strangeAnswer(bytesIn(details));
      if (/Attempted duplicate registration of API/.test(text)) return listener.duplicateRegistration(text);
      if (of > level || toldElsewhere.test(text) || atTheEnd.test(text)) return;
      // A component of the SDK says its name first.
      const [sentence] = details;
      if (!isDue(withoutNumbers(typeof sentence === "string" ? `${message} ${sentence}` : message))) return;
      tell({ level: severity, code: "sdk", message: `OpenTelemetry says: ${shorten(text)}` });
    };
  const logger: DiagLogger = {
    error: say("error", DiagLogLevel.ERROR),
    warn: say("warn", DiagLogLevel.WARN),
    info: say("info", DiagLogLevel.INFO),
    debug: say("info", DiagLogLevel.DEBUG),
    verbose: say("info", DiagLogLevel.VERBOSE),
  };

  diag.setLogger(logger, { logLevel: Math.max(level, DiagLogLevel.WARN), suppressOverrideMessage: true });
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

const couldNotRead = /Export succeeded but could not deserialize response/;

function parse(json: string): PartialSuccess {
  try {
    const { errorMessage, ...items } = Object(JSON.parse(json)) as Record<string, unknown>;
    return { ...items, ...(typeof errorMessage === "string" && { errorMessage }) };
  } catch {
    return {};
  }
}

/** A message without items is a warning. */
const isRejection = ({ rejectedSpans, rejectedDataPoints, rejectedLogRecords }: PartialSuccess): boolean =>
  [rejectedSpans, rejectedDataPoints, rejectedLogRecords].some((items) => Number(items ?? 0) > 0);

/** The beginning of the answer that comes with the complaint. */
const bytesIn = (details: readonly unknown[]): string => {
  const bytes = details.find((detail) => detail instanceof Uint8Array);
  return bytes === undefined ? "" : Buffer.from(bytes.subarray(0, 200)).toString("latin1");
};

/** Two spans that are ended twice are one mistake. */
const withoutNumbers = (sentence: string): string => sentence.replaceAll(/[\da-f]{16,}|\d+/g, "0");

const textOf = (detail: unknown): string => (typeof detail === "string" ? detail : messageOf(detail));

const shorten = (text: string): string => (text.length <= 500 ? text : `${text.slice(0, 500)}…`);
