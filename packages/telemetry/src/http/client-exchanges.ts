import {
  type Attributes,
  type Context,
  type Histogram,
  type Meter,
  type Span,
  SpanKind,
  SpanStatusCode,
  type Tracer,
  trace,
} from "@opentelemetry/api";
import type { UnderWay } from "./emit-in-context.ts";
import { errorType } from "./error-type.ts";
import type { Methods } from "./method.ts";
import { durationBuckets, metrics, names } from "./names.ts";
import { redactUrl } from "./redact.ts";
import { type Series, seriesOf } from "./series.ts";
import type { Peer } from "./server-attributes.ts";

/** What a client asks for. */
export interface ClientRequest {
  readonly method: string;
  /** Undefined where what is asked for has none. */
  readonly url: string | undefined;
  readonly host: string;
  readonly port: number | undefined;
}

/** A request and its answer, as a client sees them. `context` is that of the caller. */
export interface ClientExchange extends UnderWay {
  readonly request: ClientRequest;
  readonly methodNumber: number;
  readonly span: Span;
  /** What is sent along: the context of the span. */
  readonly sent: Context;
  readonly startMs: number;
  isOver: boolean;
  version: string | undefined;
  status: number | undefined;
  peer: Peer | undefined;
}

/** How client exchanges are written down. */
export interface ClientRecorder {
  begin(request: ClientRequest, parent: Context): ClientExchange;
  /** The error is undefined if the answer came to its end, and otherwise an error or a word for `error.type`. */
  end(exchange: ClientExchange, error: unknown): void;
}

/** What exchanges are written to. */
export interface ClientInstruments {
  readonly tracer: Tracer;
  readonly meter: Meter;
  readonly methods: Methods;
  /** Whether the sampler looks at attributes; if not, only what is recorded pays for them. */
  readonly samplerReadsAttributes: boolean;
}

/** Writes exchanges to a span and a histogram. */
export function recordClientExchanges(instruments: ClientInstruments): ClientRecorder {
  const { tracer, meter, methods, samplerReadsAttributes } = instruments;
  const record = clientDurations(meter, methods);
  return {
    begin(request, parent) {
      const number = methods.numberOf(request.method);
      const options = samplerReadsAttributes
        ? { kind: SpanKind.CLIENT, attributes: attributesOf(request, number, methods) }
        : clientKind;
      const span = tracer.startSpan(methods.spanNameOf(number), options, parent);
      if (!samplerReadsAttributes && span.isRecording()) span.setAttributes(attributesOf(request, number, methods));
      return {
        context: parent,
        request,
        methodNumber: number,
        span,
        sent: trace.setSpan(parent, span),
        startMs: performance.now(),
        isOver: false,
        version: undefined,
        status: undefined,
        peer: undefined,
      };
    },
    end(exchange, failure) {
      if (exchange.isOver) return;
      exchange.isOver = true;
      const { span, status } = exchange;
      const isRefused = status !== undefined && status >= 400;
      const error = failure === undefined ? (isRefused ? String(status) : undefined) : wordFor(failure);
      record((performance.now() - exchange.startMs) / 1_000, exchange, error);
      if (span.isRecording()) writeOutcome(span, exchange, error, failure);
      span.end();
    },
  };
}

const clientKind = { kind: SpanKind.CLIENT };

const wordFor = (failure: unknown): string => (typeof failure === "string" ? failure : errorType(failure));

function attributesOf({ method, url, host, port }: ClientRequest, number: number, methods: Methods): Attributes {
  const attributes: Attributes = {
    [names.method]: methods.nameOf(number),
    [names.serverAddress]: host,
  };
  if (url !== undefined) attributes[names.urlFull] = redactUrl(url);
  if (port !== undefined) attributes[names.serverPort] = port;
  if (methods.isOther(number)) attributes[names.methodOriginal] = method;
  return attributes;
}

function writeOutcome(span: Span, exchange: ClientExchange, error: string | undefined, failure: unknown): void {
  const { status, version, peer } = exchange;
  if (status !== undefined) span.setAttribute(names.status, status);
  if (version !== undefined) span.setAttribute(names.protocolVersion, version);
  if (peer?.remoteAddress !== undefined) {
    span.setAttribute(names.peerAddress, peer.remoteAddress);
    if (peer.remotePort !== undefined) span.setAttribute(names.peerPort, peer.remotePort);
  }
  if (error === undefined) return;
  span.setAttribute(names.errorType, error);
  // A status tells its own story.
  const message = failure instanceof Error ? failure.message : undefined;
  span.setStatus({ code: SpanStatusCode.ERROR, ...(message ? { message } : undefined) });
}

/** As many series as the SDK keeps of one instrument; what comes beyond is not remembered here. */
const limit = 2_000;

type RecordClient = (seconds: number, exchange: ClientExchange, error: string | undefined) => void;

function clientDurations(meter: Meter, methods: Methods): RecordClient {
  const histogram: Histogram = meter.createHistogram(metrics.clientDuration, {
    description: "Duration of HTTP client requests.",
    unit: "s",
    advice: { explicitBucketBoundaries: [...durationBuckets] },
  });
  const known = new Map<string, Series>();
  return (seconds, { request, methodNumber: number, status, version }, error) => {
    const key = `${number} ${status} ${version} ${error} ${request.port} ${request.host}`;
    let series = known.get(key);
    if (!series) {
      const attributes: Attributes = { [names.method]: methods.nameOf(number), [names.serverAddress]: request.host };
      if (request.port !== undefined) attributes[names.serverPort] = request.port;
      if (status !== undefined) attributes[names.status] = status;
      if (version !== undefined) attributes[names.protocolVersion] = version;
      if (error !== undefined) attributes[names.errorType] = error;
      series = seriesOf(histogram, attributes);
      if (known.size < limit) known.set(key, series);
    }
    series.record(seconds);
  };
}
