import { subscribe, unsubscribe } from "node:diagnostics_channel";
import type { ClientRequest as NodeRequest, IncomingMessage } from "node:http";
import { type TextMapSetter, propagation } from "@opentelemetry/api";
import { isTracingSuppressed } from "@opentelemetry/core";
import { addressIn, defaultPort, isAbsolute, parseAddress } from "./address.ts";
import type { ClientExchange, ClientRecorder, ClientRequest } from "./client-exchanges.ts";
import type { Contexts } from "./contexts.ts";
import { emitInContext } from "./emit-in-context.ts";
import { aborted } from "./error-type.ts";
import type { Guard } from "./guard.ts";

/** Node's own, published at the end of the constructor, before anything is sent. */
const createdChannel = "http.client.request.created";

/** `_header` is the text of the headers once they are fixed, which they are at once when given as an array. */
interface Request extends NodeRequest {
  _header?: string | null;
  readonly outputData?: { data: unknown }[];
  readonly socketPath?: string;
}

/** Follows the requests of `node:http` and `node:https`. */
export function followNodeClients(contexts: Contexts, recorder: ClientRecorder, guard: Guard): Disposable {
  const end = guard(recorder.end);

  const responses = emitInContext<ClientExchange, IncomingMessage>(contexts, (exchange, event, response, argument) => {
    if (exchange.isOver) return;
    if (event === "end") end(exchange, undefined);
    else if (event === "error") end(exchange, argument);
    else if (event === "close") end(exchange, response.complete ? undefined : aborted);
  });
  const requests = emitInContext<ClientExchange, Request>(contexts, (exchange, event, _request, argument) => {
    if (exchange.isOver) return;
    if (event === "error") end(exchange, argument);
    // With a response, that one knows how it ends.
    else if (event === "close" && exchange.status === undefined) end(exchange, aborted);
    else if (event === "response") onResponse(exchange, argument as IncomingMessage);
    else if (event === "upgrade" || event === "connect") onHandOver(exchange, argument as IncomingMessage);
  });
  const note = (exchange: ClientExchange, { statusCode, httpVersion, socket }: IncomingMessage): void => {
    exchange.status = statusCode;
    exchange.version = httpVersion;
    exchange.peer = { remoteAddress: socket.remoteAddress, remotePort: socket.remotePort };
  };
  // Bound by now is early enough: what is in the response is not emitted before its listeners are there.
  const onResponse = guard((exchange: ClientExchange, response: IncomingMessage): void => {
    note(exchange, response);
    responses.bind(response, exchange);
  });
  const onHandOver = guard((exchange: ClientExchange, response: IncomingMessage): void => {
    note(exchange, response);
    recorder.end(exchange, undefined);
  });

  const onCreated = guard((message: unknown): void => {
    const { request } = message as { readonly request: Request };
    const parent = contexts.active();
    if (isTracingSuppressed(parent)) return;
    const exchange = recorder.begin(describe(request), parent);
    propagation.inject(exchange.sent, request, headerSetter);
    requests.bind(request, exchange);
  });

  subscribe(createdChannel, onCreated);
  return { [Symbol.dispose]: () => unsubscribe(createdChannel, onCreated) };
}

function describe(request: Request): ClientRequest {
  const { method, path, host, protocol, socketPath } = request;
  if (isAbsolute(path)) return { method, url: path, ...addressIn(path) };
  const scheme = protocol === "https:" ? "https" : "http";
  const { host: named, port: written } = parseAddress(authorityOf(request) ?? hostHeaderOf(request) ?? host);
  // A header that names another host says nothing of the port.
  const port = (named === parseAddress(host).host ? written : undefined) ?? defaultPort(scheme);
  const authority = host.includes(":") && !host.startsWith("[") ? `[${host}]` : host;
  const suffix = port === defaultPort(scheme) ? "" : `:${port}`;
  // What CONNECT asks for is no resource of this host, and `*`, by which OPTIONS asks for the whole of it, is no path.
  const url = method === "CONNECT" ? undefined : `${scheme}://${authority}${suffix}${path.startsWith("/") ? path : ""}`;
  if (socketPath) return { method, url, host: socketPath, port: undefined };
  return { method, url, host: parseAddress(host).host, port };
}

/**
 * Host and port as they were asked for. No property of a request has the port; Node keeps it under a symbol of its own
 * from 24 on, and before that the header is all there is, which an application may have written by itself.
 */
function authorityOf(request: Request): string | undefined {
  authority ??= Object.getOwnPropertySymbols(request).find(({ description }) => description === "kAuthority") ?? null;
  const kept = authority === null ? undefined : (request as unknown as Record<symbol, unknown>)[authority];
  return typeof kept === "string" ? kept : undefined;
}

/** Null where there is none. */
let authority: symbol | null | undefined;

function hostHeaderOf(request: Request): string | undefined {
  const { _header: fixed } = request;
  if (typeof fixed === "string") return /\r\nhost:[ \t]*([^\r]+)/i.exec(fixed)?.[1];
  const header = request.getHeader("host");
  return typeof header === "string" ? header : undefined;
}

/**
 * Writes a header also where they are fixed: when they were given as an array, or with `Expect`, which puts them in the
 * queue at once. Nothing of it has been sent: a request has no socket yet when it is made.
 */
const headerSetter: TextMapSetter<Request> = {
  set(request, name, value) {
    const { _header: fixed, outputData } = request;
    if (typeof fixed !== "string") return void request.setHeader(name, value);
    const headers = withHeader(fixed, name, value);
    Object.assign(request, { _header: headers });
    const first = outputData?.[0];
    if (first?.data === fixed) first.data = headers;
  },
};

/** A header line of the same name gives way: two of them would be one that nobody can read. */
function withHeader(headers: string, name: string, value: string): string {
  const lines = headers.split("\r\n").filter((line) => !line.toLowerCase().startsWith(`${name.toLowerCase()}:`));
  return [...lines.slice(0, -2), `${name}: ${value}`, "", ""].join("\r\n");
}
