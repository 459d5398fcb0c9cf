import { DiagLogLevel, type DiagLogger, diag } from "@opentelemetry/api";
import { loggingErrorHandler, setGlobalErrorHandler } from "@opentelemetry/core";
import { type Clock, messageOf } from "@seaworthy/lifecycle";
import type { Tell, TelemetryNotice } from "./channels.ts";
import { setLoggerBeside } from "./beside-logger.ts";
import { isHeardOf } from "./pipelines/counted-exporter.ts";

/** Hears what the SDK says of itself, where that has to be acted on. */
export interface DiagListener {
  /** Another SDK tried to register after this one. */
  duplicateRegistration(stack: string): void;
}

/** The same sentence is told this often, and in that while so many at most. */
const repeatMs = 60_000;
const mostSentences = 20;

/** What is known already by the books of the pipelines, and told there. */
const toldElsewhere =
  /^Timeout$|maxQueueSize reached|Export (failed|retry|succeeded)|metrics export (failed|timed out|threw)|Concurrent export limit|Attempted duplicate registration|Current logger will be overwritten/;

const duplicate = /Attempted duplicate registration of API/;

/** What an exporter that is made for the last export hears when it wants to measure itself, or loads what is instrumented. */
const atTheEnd = /^A shutdown (?:MeterProvider cannot provide a Meter|LoggerProvider cannot provide a Logger)/;

/**
 * Turns what the SDK writes to its diagnostic logger, which is nothing by default, into notices; where the application has
 * a logger of its own, that is left to it. What has to be acted on is heard whoever holds it, and whatever the level, which
 * says only what is told.
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
      if (of > level || isRejection(text) || toldElsewhere.test(text) || atTheEnd.test(text)) return;
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

  const beside = setLoggerBeside({
    logger,
    level: Math.max(level, DiagLogLevel.ERROR),
    onError(text) {
      if (duplicate.test(text)) listener.duplicateRegistration(text);
    },
  });
  setGlobalErrorHandler((error) => {
    if (!isHeardOf(error)) diag.warn(messageOf(error));
  });
  return {
    [Symbol.dispose]() {
      beside[Symbol.dispose]();
      setGlobalErrorHandler(loggingErrorHandler());
    },
  };
}

/** What of it was rejected is heard by the exporter; a message without items is a warning. */
const isRejection = (text: string): boolean =>
  text.startsWith("Received Partial Success response:") &&
  (/"rejected\w+":"?[1-9]/.test(text) || !/"errorMessage":"[^"]/.test(text));

/** Two spans that are ended twice are one mistake. */
const withoutNumbers = (sentence: string): string => sentence.replaceAll(/[\da-f]{16,}|\d+/g, "0");

const textOf = (detail: unknown): string => (typeof detail === "string" ? detail : messageOf(detail));

const shorten = (text: string): string => (text.length <= 500 ? text : `${text.slice(0, 500)}…`);
