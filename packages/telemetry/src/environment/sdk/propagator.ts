import type { TextMapPropagator } from "@opentelemetry/api";
import { CompositePropagator, W3CBaggagePropagator, W3CTraceContextPropagator } from "@opentelemetry/core";
import { B3InjectEncoding, B3Propagator } from "@opentelemetry/propagator-b3";
import type { OtelSettings, PropagatorName } from "../settings.ts";

/** What `propagation.setGlobalPropagator` takes; `undefined` for none, which is what the API does by itself. */
export function propagatorOf({ propagators }: Pick<OtelSettings, "propagators">): TextMapPropagator | undefined {
  const built = propagators.flatMap((name) => create(name) ?? []);
  return built.length > 1 ? new CompositePropagator({ propagators: built }) : built[0];
}

function create(name: PropagatorName): TextMapPropagator | undefined {
  switch (name) {
    case "tracecontext":
      return new W3CTraceContextPropagator();
    case "baggage":
      return new W3CBaggagePropagator();
    case "b3":
      return new B3Propagator();
    case "b3multi":
      return new B3Propagator({ injectEncoding: B3InjectEncoding.MULTI_HEADER });
    case "none":
      return undefined;
  }
}
