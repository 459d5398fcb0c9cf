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

/** What an SDK puts behind `@opentelemetry/api`. */
export interface ApiParts {
  readonly contextManager: ContextManager;
  readonly propagator: TextMapPropagator | undefined;
  readonly tracerProvider: TracerProvider | undefined;
  readonly meterProvider: MeterProvider | undefined;
  readonly loggerProvider: LoggerProvider | undefined;
}

/** Puts an SDK behind the API, whose globals every copy of it shares. */
export function registerWithApi(parts: ApiParts, attached: Attached): void {
  const { contextManager, propagator, tracerProvider, meterProvider, loggerProvider } = parts;
  context.setGlobalContextManager(contextManager);
  attached.undo(() => context.disable());
  if (propagator) {
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
