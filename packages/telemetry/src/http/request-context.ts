import { type Context, type Span, context, trace } from "@opentelemetry/api";
import { type RPCMetadata, RPCType, getRPCMetadata } from "@opentelemetry/core";

/** What the instrumentations of frameworks say of the request at hand: its route. */
export interface RequestMetadata {
  readonly type: RPCType;
  readonly span: Span;
  route?: string;
}

/** What is active while a request is handled. */
export interface RequestContext extends Context {
  readonly metadata: RequestMetadata;
}

/** The context of a request: that of its parent, with its span and its metadata. */
export const requestContext = (parent: Context, span: Span): RequestContext => new SpanContext(parent, span);

/**
 * One object in place of two copies of a map: most requests start no span of their own. It holds neither request nor
 * response, because what is born in a request, such as a pool, keeps its context for good.
 */
class SpanContext implements RequestContext {
  readonly metadata: RequestMetadata;
  readonly #parent: Context;
  /** The same as the SDK has it, from the first time that something is added. */
  #copy: Context | undefined;

  constructor(parent: Context, span: Span) {
    this.#parent = parent;
    this.metadata = { type: RPCType.HTTP, span };
  }

  getValue(key: symbol): unknown {
    if (key === spanKey) return this.metadata.span;
    return key === metadataKey ? this.metadata : this.#parent.getValue(key);
  }

  setValue(key: symbol, value: unknown): Context {
    return this.#whole().setValue(key, value);
  }

  deleteValue(key: symbol): Context {
    return this.#whole().deleteValue(key);
  }

  #whole(): Context {
    this.#copy ??= this.#parent.setValue(spanKey, this.metadata.span).setValue(metadataKey, this.metadata);
    return this.#copy;
  }
}

/** The key under which a reader looks. */
function keyOf(read: (context: Context) => unknown): symbol {
  let found: symbol | undefined;
  const listener: Context = {
    getValue(key) {
      found = key;
      return undefined;
    },
    setValue: () => listener,
    deleteValue: () => listener,
  };
  read(listener);
  return found as symbol;
}

const spanKey = keyOf(trace.getSpan);
const metadataKey = keyOf(getRPCMetadata);

/** The metadata of the request in whose context this is called. */
export const activeMetadata = (): RPCMetadata | undefined => getRPCMetadata(context.active());
