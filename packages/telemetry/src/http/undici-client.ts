import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { type Context, type TextMapSetter, propagation } from "@opentelemetry/api";
import { isTracingSuppressed } from "@opentelemetry/core";
import { addressIn, isAbsolute } from "./address.ts";
import type { ClientExchange, ClientRecorder, ClientRequest } from "./client-exchanges.ts";
import type { Contexts } from "./contexts.ts";
import type { Guard } from "./guard.ts";
import type { Peer } from "./server-attributes.ts";

/** What undici calls a request, as far as it goes (undici.nodejs.org, "Diagnostics Channel Support"). */
interface UndiciRequest {
  readonly origin: string | URL;
  readonly path: string;
  readonly method: string;
  readonly upgrade?: unknown;
  /** Names and values in turn; in old versions one text. */
  readonly headers?: unknown[] | string;
  addHeader(name: string, value: string): unknown;
}

interface Message {
  readonly request: UndiciRequest;
  readonly response?: { readonly statusCode: number };
  readonly socket?: Peer & { readonly alpnProtocol?: string | false | null };
  readonly error?: unknown;
}

/** Follows `fetch` and undici, the one in Node and any that is installed: they publish on the same channels. */
export function followUndici(contexts: Contexts, recorder: ClientRecorder, guard: Guard): Disposable {
  const exchanges = new WeakMap<UndiciRequest, ClientExchange>();

  const onCreate = ({ request }: Message): void => {
    const parent = contexts.active();
    if (isTracingSuppressed(parent)) return;
    // A connection that is handed over, to a WebSocket or a tunnel, has no end that is told of.
    if (request.upgrade || request.method === "CONNECT") return inject(parent, request);
    const exchange = recorder.begin(describe(request), parent);
    exchanges.set(request, exchange);
    inject(exchange.sent, request);
  };
  const onSend = ({ request, socket }: Message): void => {
    const exchange = exchanges.get(request);
    if (!exchange || !socket) return;
    exchange.version = socket.alpnProtocol === "h2" ? "2" : "1.1";
    exchange.peer = { remoteAddress: socket.remoteAddress, remotePort: socket.remotePort };
  };
  const onHeaders = ({ request, response }: Message): void => {
    const exchange = exchanges.get(request);
    if (exchange && response) exchange.status = response.statusCode;
  };
  const onEnd = ({ request, error }: Message): void => {
    const exchange = exchanges.get(request);
    if (exchange) recorder.end(exchange, error);
  };

  const subscriptions = Object.entries({
    "undici:request:create": onCreate,
    "undici:client:sendHeaders": onSend,
    "undici:request:headers": onHeaders,
    "undici:request:trailers": onEnd,
    "undici:request:error": onEnd,
  }).map(([channel, run]) => {
    const guarded = guard(run);
    return { channel, listener: (message: unknown): void => guarded(message as Message) };
  });
  for (const { channel, listener } of subscriptions) subscribe(channel, listener);
  return {
    [Symbol.dispose]() {
      for (const { channel, listener } of subscriptions) unsubscribe(channel, listener);
    },
  };
}

const inject = (context: Context, request: UndiciRequest): void => propagation.inject(context, request, headerSetter);

/** A header that the application has written by itself gives way: two of them would be one that nobody can read. */
const headerSetter: TextMapSetter<UndiciRequest> = {
  set(request, name, value) {
    const { headers } = request;
    const place = Array.isArray(headers) ? headers.findIndex((entry, at) => at % 2 === 0 && isNamed(entry, name)) : -1;
    if (place < 0) request.addHeader(name, value);
    else (headers as unknown[])[place + 1] = value;
  },
};

const isNamed = (entry: unknown, name: string): boolean =>
  typeof entry === "string" && entry.length === name.length && entry.toLowerCase() === name.toLowerCase();

function describe({ method, origin, path }: UndiciRequest): ClientRequest {
  const url = isAbsolute(path) ? path : `${String(origin).replace(/\/$/, "")}${path}`;
  return { method, url, ...addressIn(url) };
}
