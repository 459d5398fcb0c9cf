import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { type Span, context, trace } from "@opentelemetry/api";
import { getRPCMetadata } from "@opentelemetry/core";
import type { IncomingMessage } from "node:http";
import type { Instrumentation } from "./parts.ts";

/** `@seaworthy/http` publishes it while it answers a probe; a name is all that the packages share. */
const probeChannel = "seaworthy.http.probe";

/** What is to be kept out of an SDK whose instrumentation is not ours. */
export interface ProbeSpans extends Disposable {
  isDropped(span: object): boolean;
}

/** Where the HTTP instrumentation ends the span of a request, and records how long it took. */
const endRequest = "_closeHttpSpan";

/** A span, and what the SDK shows of it where it is recorded. */
type Recorded = Span & { readonly attributes?: Readonly<Record<string, unknown>> };

interface HttpConfig {
  readonly ignoreIncomingRequestHook?: (request: IncomingMessage) => boolean;
}

/**
 * Keeps probes out. The first one at a path is known by its being answered: its span is dropped, and with it what the
 * official HTTP instrumentation would record as it ends. From then on that is told to leave the path alone.
 */
export function keepProbesOut(instrumentations: readonly Instrumentation[]): ProbeSpans {
  const dropped = new WeakSet<object>();
  const paths = new Set<string>();
  const isProbe = ({ method, url = "" }: IncomingMessage): boolean =>
    (method === "GET" || method === "HEAD") && paths.has(pathOf(url));

  const onProbe = (): void => {
    // In the middleware of a framework that is recorded, too, its span is the active one, below that of the request.
    const spans: readonly (Recorded | undefined)[] = [trace.getActiveSpan(), getRPCMetadata(context.active())?.span];
    for (const span of spans) {
      if (!span) continue;
      dropped.add(span);
      // The request that came here; what the probe handler has seen may have lost a prefix to the router above it.
      const path = span.attributes?.["url.path"];
      if (typeof path === "string" && paths.size < mostPaths) paths.add(path);
    }
  };
  subscribe(probeChannel, onProbe);

  for (const instrumentation of instrumentations) {
    if (instrumentation.instrumentationName !== "@opentelemetry/instrumentation-http") continue;
    const config: HttpConfig = instrumentation.getConfig?.() ?? {};
    const { ignoreIncomingRequestHook: own } = config;
    instrumentation.setConfig?.({
      ...config,
      ignoreIncomingRequestHook: (request: IncomingMessage) => isProbe(request) || own?.(request) === true,
    });
    const close = instrumentation[endRequest]?.bind(instrumentation);
    if (!close) continue;
    instrumentation[endRequest] = (span, ...rest) => (dropped.has(span) ? span.end() : close(span, ...rest));
  }
  return {
    isDropped: (span) => dropped.has(span),
    [Symbol.dispose]: () => void unsubscribe(probeChannel, onProbe),
  };
}

/** Probe paths are few; this only keeps a path with a number in it from filling the memory. */
const mostPaths = 100;

const pathOf = (url: string): string => url.split("?", 1)[0] ?? "";
