import {
  type ContextManager,
  type LoggerProvider,
  type MeterProvider,
  type TextMapPropagator,
  type TracerProvider,
  context,
  logs,
  metrics,
  propagation,
  trace,
} from "@opentelemetry/api";
import type { Attached } from "./attached.ts";
import type { Tell } from "./channels.ts";
import { isHeld } from "./other-sdk.ts";

/** What an SDK puts behind `@opentelemetry/api`. */
export interface ApiParts {
  readonly contextManager: ContextManager;
  readonly propagator: TextMapPropagator | undefined;
  readonly tracerProvider: TracerProvider | undefined;
  readonly meterProvider: MeterProvider | undefined;
  readonly loggerProvider: LoggerProvider | undefined;
}

/**
 * Puts an SDK behind the API, whose globals every copy of it shares. A context manager or a propagator that somebody has
 * put there without an SDK stays, and that is told.
 */
export function registerWithApi(parts: ApiParts, attached: Attached, tell: Tell): void {
  const { contextManager, propagator, tracerProvider, meterProvider, loggerProvider } = parts;
  if (isHeld("context")) tellOfHeld("context manager", "spans have no parents and log records no trace", tell);
  else {
    context.setGlobalContextManager(contextManager);
    attached.undo(() => context.disable());
  }
  if (propagator && isHeld("propagation")) tellOfHeld("propagator", "OTEL_PROPAGATORS counts for nothing", tell);
  else if (propagator) {
    propagation.setGlobalPropagator(propagator);
    attached.undo(() => propagation.disable());
  }
  if (tracerProvider) {
    trace.setGlobalTracerProvider(tracerProvider);
    attached.undo(() => trace.disable());
  }
  if (meterProvider) {
    metrics.setGlobalMeterProvider(meterProvider);
    attached.undo(() => metrics.disable());
  }
  if (loggerProvider) {
    logs.setGlobalLoggerProvider(loggerProvider);
    attached.undo(() => logs.disable());
  }
}

const tellOfHeld = (what: string, consequence: string, tell: Tell): void =>
  tell({
    level: "warn",
    code: "second-sdk",
    message:
      `Something in this process has registered a ${what} with @opentelemetry/api before: it stays, and ${consequence}. ` +
      "Take that registration out.",
  });
