import {
  type Context,
  INVALID_SPAN_CONTEXT,
  type Span,
  type Tracer,
  type TracerProvider,
  context,
  trace,
} from "@opentelemetry/api";
import type { Instrumentation } from "@opentelemetry/instrumentation";

/** Whether no span is to be made in a context, under a span or under none. */
export type IsLeftOut = (context: Context, parent: Span | undefined) => boolean;

/** Makes an instrumentation start no span where it is to be left out: what runs under it then has its parent. */
export function leaveOut(instrumentation: Instrumentation, isLeftOut: IsLeftOut): void {
  const setTracerProvider = instrumentation.setTracerProvider.bind(instrumentation);
  instrumentation.setTracerProvider = (provider) => setTracerProvider(withoutLeftOut(provider, isLeftOut));
  // It has the API's tracer already, which finds its provider when there is one.
  instrumentation.setTracerProvider(trace.getTracerProvider());
}

function withoutLeftOut(provider: TracerProvider, isLeftOut: IsLeftOut): TracerProvider {
  return { getTracer: (...scope) => sifted(provider.getTracer(...scope), isLeftOut) };
}

function sifted(tracer: Tracer, isLeftOut: IsLeftOut): Tracer {
  return {
    startSpan(name, options, within = context.active()) {
      const parent = options?.root === true ? undefined : trace.getSpan(within);
      if (!isLeftOut(within, parent)) return tracer.startSpan(name, options, within);
      return trace.wrapSpanContext(parent?.spanContext() ?? INVALID_SPAN_CONTEXT);
    },
    // None of the instrumentations that are sifted calls it.
    startActiveSpan: tracer.startActiveSpan.bind(tracer),
  };
}
