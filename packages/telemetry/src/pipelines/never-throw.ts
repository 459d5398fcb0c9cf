import { type Context, INVALID_SPAN_CONTEXT, context, diag, trace } from "@opentelemetry/api";
import { emptyResource } from "@opentelemetry/resources";
import { LoggerProvider } from "@opentelemetry/sdk-logs";
import { MeterProvider } from "@opentelemetry/sdk-metrics";
import { AlwaysOnSampler, TracerProvider } from "@opentelemetry/sdk-trace";

/**
 * Keeps the SDK from throwing at whoever records: it does so at an attribute whose getter throws, a revoked proxy, a bigint
 * among the attributes of a counter, a time that is none. What an application records is never worth what it was doing.
 *
 * A span that cannot be started is left out: what is recorded in it is its parent's.
 */
export function neverThrow(): void {
  const resource = emptyResource();
  const tracer = new TracerProvider({ resource, sampler: new AlwaysOnSampler() }).getTracer(scope);
  guard(classOf(tracer), "startSpan", (_tracer, active) => {
    const parent = trace.getSpanContext((active as Context | undefined) ?? context.active());
    return trace.wrapSpanContext(parent ?? INVALID_SPAN_CONTEXT);
  });
  const span = classOf(tracer.startSpan("", { root: true }));
  for (const name of spanMethods) guard(span, name, itself);

  guard(classOf(new LoggerProvider({ resource }).getLogger(scope)), "emit", nothing);

  const meter = new MeterProvider({ resource }).getMeter(scope);
  guard(classOf(meter.createCounter("counter")), "add", nothing);
  guard(classOf(meter.createUpDownCounter("sum")), "add", nothing);
  guard(classOf(meter.createHistogram("histogram")), "record", nothing);
  guard(classOf(meter.createGauge("gauge")), "record", nothing);
}

const scope = "seaworthy";

const spanMethods = [
  "setAttribute",
  "setAttributes",
  "addEvent",
  "addLink",
  "addLinks",
  "setStatus",
  "updateName",
  "recordException",
  "end",
] as const;

type Method = (this: object, first?: unknown, second?: unknown, third?: unknown) => unknown;

/** What a method gives instead, where it would have thrown: to its object and its last argument. */
type Instead = (object: object, last: unknown) => unknown;

const itself: Instead = (object) => object;
const nothing: Instead = () => undefined;

const classOf = (object: object): object => Object.getPrototypeOf(object) as object;

const guarded = new WeakSet<Method>();

/** None of the methods takes more than three arguments, and spelling them out keeps the calls as cheap as they were. */
function guard(prototype: object, name: string, instead: Instead): void {
  const original = (prototype as Record<string, Method>)[name];
  if (original === undefined || guarded.has(original)) return;
  const method: Method = function guardedMethod(first, second, third) {
    try {
      return original.call(this, first, second, third);
    } catch (error) {
      diag.warn(`${name}() was given what it cannot record`, error);
      return instead(this, third);
    }
  };
  guarded.add(method);
  Object.defineProperty(prototype, name, { configurable: true, writable: true, enumerable: false, value: method });
}
