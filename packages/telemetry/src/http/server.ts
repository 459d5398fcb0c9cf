import type { Meter, Tracer } from "@opentelemetry/api";
import type { Tell } from "../channels.ts";
import { countActiveRequests } from "./active-requests.ts";
import { type Contexts, registeredContexts } from "./contexts.ts";
import { watchFastifyRoutes } from "./fastify-route.ts";
import { guardWith } from "./guard.ts";
import { followHttp1 } from "./http1-server.ts";
import { followHttp2 } from "./http2-server.ts";
import { tellMethodsApart } from "./method.ts";
import { watchProbes } from "./probe-paths.ts";
import { pathOf } from "./server-attributes.ts";
import { serverDurations } from "./server-durations.ts";
import { type ServerExchange, recordServerExchanges } from "./server-exchanges.ts";
import type { ServerFrontOptions } from "./server-front.ts";

/** What of a request its user may judge it by. */
export interface IgnorableRequest {
  readonly method?: string | undefined;
  /** The path, with the query. */
  readonly url?: string | undefined;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
}

/** Options of `traceHttpServers`. */
export interface TraceHttpServersOptions {
  readonly tracer: Tracer;
  readonly meter: Meter;
  readonly tell: Tell;
  /** Keeps the contexts. Default: the manager that is registered with the API, which has to know `attach`. */
  readonly contexts?: Contexts;
  /** True for a request that must leave no trace, metrics included. What it throws is told of, and means false. */
  readonly isIgnored?: (request: IgnorableRequest) => boolean;
  /** True for a server whose requests are never looked at. Default: none is. */
  readonly isOwnServer?: (server: object) => boolean;
  /**
   * Whether the sampler looks at attributes. Default true; false saves them for what is not sampled, and fits the
   * samplers of the SDK, which look at the trace id or at the parent.
   */
  readonly samplerReadsAttributes?: boolean;
  /** The methods that are not told as `_OTHER`. Default: those of the conventions. */
  readonly knownMethods?: readonly string[] | undefined;
}

/** The tracing of servers, until it is disposed of. Requests that are under way then still end their spans. */
export interface TracedHttpServers extends Disposable {
  /** Whether a span has turned out to be of a probe: it has been ended, but must not be exported. */
  isDropped(span: object): boolean;
}

/**
 * Makes a span for each request to a server of `node:http`, `node:https` or `node:http2`, active in everything that
 * handles it, and the metrics `http.server.request.duration` and `http.server.active_requests`. Nothing is patched:
 * servers tell of their requests on `node:diagnostics_channel`.
 *
 * A probe is known by what answers it: the request in which one is told of is dropped, and the next at the same path of
 * the same server leaves no trace from the start.
 */
export function traceHttpServers(options: TraceHttpServersOptions): TracedHttpServers {
  const { tracer, meter, tell, contexts = registeredContexts, isIgnored, isOwnServer } = options;
  const { samplerReadsAttributes = true, knownMethods } = options;
  const guard = guardWith(tell, "HTTP servers");
  const methods = tellMethodsApart(knownMethods);
  const active = countActiveRequests(meter, methods);
  const record = serverDurations(meter, methods);
  const recorder = recordServerExchanges({ tracer, methods, active, record, samplerReadsAttributes });

  const probes = watchProbes(
    guard((request: object): void => {
      const exchange = exchangeOf(request);
      if (!exchange?.metadata) return;
      probes.add(exchange.server, pathOf(exchange.target));
      recorder.drop(exchange);
      contexts.enterWith(exchange.context);
    }),
  );
  const leavesNoTrace = (exchange: ServerExchange, request: object): boolean =>
    probes.has(exchange.server, pathOf(exchange.target)) || isIgnoredSafely(request);
  function isIgnoredSafely(request: object): boolean {
    let isOut = false;
    if (isIgnored) ask(() => (isOut = isIgnored(request as IgnorableRequest)));
    return isOut;
  }
  const ask = guardWith(
    tell,
    "HTTP servers, by the option that ignores requests,",
  )((question: () => void) => question());

  const front: ServerFrontOptions = {
    contexts,
    guard,
    isServed: (server) => isOwnServer?.(server) !== true,
    begin(exchange, request) {
      if (!leavesNoTrace(exchange, request)) recorder.begin(exchange);
    },
    end: recorder.end,
  };
  const fronts = [followHttp1(front), followHttp2(front)];
  const exchangeOf = (request: object): ServerExchange | undefined => {
    for (const { exchangeOf: find } of fronts) {
      const found = find(request);
      if (found) return found;
    }
    return undefined;
  };
  const fastify = watchFastifyRoutes(
    guard((request: object, route: string): void => {
      const metadata = exchangeOf(request)?.metadata;
      if (metadata) metadata.route = route;
    }),
  );

  return {
    isDropped: recorder.isDropped,
    [Symbol.dispose]() {
      for (const handle of [...fronts, fastify, probes, active]) handle[Symbol.dispose]();
    },
  };
}
