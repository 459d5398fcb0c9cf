import { DiagLogLevel } from "@opentelemetry/api";
import type { LogLevel, OtelSettings } from "../settings.ts";

const levels: Readonly<Record<LogLevel, DiagLogLevel>> = {
  none: DiagLogLevel.NONE,
  error: DiagLogLevel.ERROR,
  warn: DiagLogLevel.WARN,
  info: DiagLogLevel.INFO,
  debug: DiagLogLevel.DEBUG,
  verbose: DiagLogLevel.VERBOSE,
  all: DiagLogLevel.ALL,
};

/** The level of `diag.setLogger`. */
export const diagLogLevelOf = ({ logLevel }: Pick<OtelSettings, "logLevel">): DiagLogLevel => levels[logLevel];
