import type { Meter, Tracer } from "@opentelemetry/api";
import type { Tell } from "../channels.ts";
import { recordClientExchanges } from "./client-exchanges.ts";
import { type Contexts, registeredContexts } from "./contexts.ts";
import { guardWith } from "./guard.ts";
import { tellMethodsApart } from "./method.ts";
import { followNodeClients } from "./node-client.ts";
import { followUndici } from "./undici-client.ts";

/** Options of `traceHttpClients`. */
export interface TraceHttpClientsOptions {
  readonly tracer: Tracer;
  readonly meter: Meter;
  readonly tell: Tell;
  /** Keeps the contexts. Default: the manager that is registered with the API. */
  readonly contexts?: Contexts;
  /** Whether the sampler looks at attributes; see `traceHttpServers`. Default true. */
  readonly samplerReadsAttributes?: boolean;
  /** The methods that are not told as `_OTHER`. Default: those of the conventions. */
  readonly knownMethods?: readonly string[] | undefined;
  /** Whether requests by `node:http` and `node:https` are followed. Default true. */
  readonly http?: boolean;
  /** Whether those by `fetch` and undici are. Default true. */
  readonly undici?: boolean;
}

/**
 * Makes a span for each request by `node:http`, `node:https`, `fetch` or undici, from its making to the end of its
 * answer, the metric `http.client.request.duration`, and sends the context along. Nothing is patched, and a request made
 * where tracing is suppressed, as by an exporter, is not touched. A redirect that `fetch` follows is a request of its
 * own.
 */
export function traceHttpClients(options: TraceHttpClientsOptions): Disposable {
  const { tracer, meter, tell, contexts = registeredContexts, samplerReadsAttributes = true, knownMethods } = options;
  const { http = true, undici = true } = options;
  const recorder = recordClientExchanges({
    tracer,
    meter,
    methods: tellMethodsApart(knownMethods),
    samplerReadsAttributes,
  });
  const fronts: Disposable[] = [];
  if (http) fronts.push(followNodeClients(contexts, recorder, guardWith(tell, "HTTP clients")));
  if (undici) fronts.push(followUndici(contexts, recorder, guardWith(tell, "fetch and undici", "undici")));
  return {
    [Symbol.dispose]() {
      for (const front of fronts) front[Symbol.dispose]();
    },
  };
}
