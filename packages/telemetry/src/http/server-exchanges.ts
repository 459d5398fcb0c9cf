import {
  type Context,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  type Tracer,
  propagation,
} from "@opentelemetry/api";
import { suppressTracing } from "@opentelemetry/core";
import type { ActiveRequests } from "./active-requests.ts";
import type { UnderWay } from "./emit-in-context.ts";
import type { Methods } from "./method.ts";
import { names } from "./names.ts";
import { type RequestMetadata, requestContext } from "./request-context.ts";
import { type Peer, type RequestHeaders, type ServerRequest, serverAttributes } from "./server-attributes.ts";
import { type Outcome, errorOfStatus } from "./server-durations.ts";

/** A request and its answer, as a server sees them: one object for all that is known and said of it. */
export interface ServerExchange extends UnderWay, ServerRequest, Outcome {
  context: Context;
  readonly server: object;
  /** Of what leaves no trace it is not asked. */
  methodNumber: number;
  /** Undefined for what leaves no trace. */
  metadata: RequestMetadata | undefined;
  readonly startMs: number;
  isOver: boolean;
  isDropped: boolean;
  status: number | undefined;
  /** As its framework has left it; what was told while it was handled comes before. */
  route: string | undefined;
  error: string | undefined;
}

/** What is active in a request that leaves no trace. */
const untraced = suppressTracing(ROOT_CONTEXT);

/** An exchange that has not begun: it leaves no trace, and nothing within it does. */
export function newExchange(
  server: object,
  method: string | undefined,
  target: string,
  isSecure: boolean,
  version: string,
  headers: RequestHeaders,
  peer: Peer | undefined,
): ServerExchange {
  return {
    server,
    method,
    methodNumber: 0,
    target,
    isSecure,
    version,
    headers,
    peer,
    context: untraced,
    metadata: undefined,
    startMs: performance.now(),
    isOver: false,
    isDropped: false,
    status: undefined,
    route: undefined,
    error: undefined,
  };
}

/** How exchanges are written down, whatever the version of HTTP. */
export interface ServerRecorder {
  begin(exchange: ServerExchange): void;
  /** Takes back what has begun, because it turned out to be a probe. */
  drop(exchange: ServerExchange): void;
  /** The status is undefined if none was sent; the error says why there is no whole answer. */
  end(exchange: ServerExchange, status: number | undefined, error: string | undefined): void;
  isDropped(span: object): boolean;
}

/** What exchanges are written to. */
export interface ServerInstruments {
  readonly tracer: Tracer;
  readonly methods: Methods;
  readonly active: ActiveRequests;
  readonly record: (seconds: number, outcome: Outcome) => void;
  /** Whether the sampler looks at attributes; if not, only what is recorded pays for them. */
  readonly samplerReadsAttributes: boolean;
}

/** Writes exchanges to a span, a histogram and a count. */
export function recordServerExchanges(instruments: ServerInstruments): ServerRecorder {
  const { tracer, methods, active, record, samplerReadsAttributes } = instruments;
  const dropped = new WeakSet<object>();
  return {
    begin(exchange) {
      exchange.methodNumber = methods.numberOf(exchange.method);
      const parent = propagation.extract(ROOT_CONTEXT, exchange.headers);
      const name = methods.spanNameOf(exchange.methodNumber);
      const options = samplerReadsAttributes
        ? { kind: SpanKind.SERVER, attributes: serverAttributes(exchange, methods) }
        : serverKind;
      const span = tracer.startSpan(name, options, parent);
      if (!samplerReadsAttributes && span.isRecording()) span.setAttributes(serverAttributes(exchange, methods));
      const context = requestContext(parent, span);
      exchange.context = context;
      exchange.metadata = context.metadata;
      active.add(1, exchange.methodNumber, exchange.isSecure);
    },

    drop(exchange) {
      if (exchange.isOver || exchange.isDropped || !exchange.metadata) return;
      exchange.isDropped = true;
      exchange.context = suppressTracing(exchange.context);
      active.add(-1, exchange.methodNumber, exchange.isSecure);
      dropped.add(exchange.metadata.span);
    },

    end(exchange, status, error) {
      if (exchange.isOver) return;
      exchange.isOver = true;
      const { metadata } = exchange;
      if (!metadata) return;
      const { span } = metadata;
      if (exchange.isDropped) return span.end();
      active.add(-1, exchange.methodNumber, exchange.isSecure);
      exchange.status = status;
      if (metadata.route !== undefined) exchange.route = metadata.route;
      exchange.error = error ?? errorOfStatus(status);
      record((performance.now() - exchange.startMs) / 1_000, exchange);
      if (span.isRecording()) writeOutcome(span, exchange, methods);
      span.end();
    },

    isDropped: (span) => dropped.has(span),
  };
}

const serverKind = { kind: SpanKind.SERVER };

function writeOutcome(span: Span, exchange: ServerExchange, methods: Methods): void {
  const { methodNumber, status, route, error } = exchange;
  if (status !== undefined) span.setAttribute(names.status, status);
  if (route !== undefined) {
    span.setAttribute(names.route, route);
    span.updateName(`${methods.spanNameOf(methodNumber)} ${route}`);
  }
  if (error !== undefined) span.setAttribute(names.errorType, error);
  // What a client does wrong, or that it goes away, is no error of the server.
  if (status !== undefined && status >= 500) span.setStatus({ code: SpanStatusCode.ERROR });
}
