import type { Attributes } from "@opentelemetry/api";
import { type ForwardingHeaders, defaultPort, parseAddress, readForwarded } from "./address.ts";
import type { Methods } from "./method.ts";
import { names } from "./names.ts";
import { redactQuery } from "./redact.ts";

/** What a server knows of a request when it comes. */
export interface ServerRequest {
  /** As it came. */
  readonly method: string | undefined;
  /** As `Methods` count. */
  readonly methodNumber: number;
  /** The request target: usually a path with a query. */
  readonly target: string;
  readonly isSecure: boolean;
  readonly version: string;
  readonly headers: RequestHeaders;
  readonly peer: Peer | undefined;
}

/** Who is at the other end of the socket. */
export interface Peer {
  readonly remoteAddress?: string | undefined;
  readonly remotePort?: number | undefined;
}

/** The headers that are looked at. */
export interface RequestHeaders extends ForwardingHeaders {
  readonly host?: string | undefined;
  readonly ":authority"?: string | undefined;
  readonly "user-agent"?: string | undefined;
}

/** The attributes of a server span that are known from the start, those first that a sampler may want. */
export function serverAttributes(request: ServerRequest, methods: Methods): Attributes {
  const { headers, peer, target } = request;
  const forwarded = readForwarded(headers);
  const scheme = forwarded?.scheme ?? (request.isSecure ? "https" : "http");
  const attributes: Attributes = {
    [names.method]: methods.nameOf(request.methodNumber),
    [names.path]: pathOf(target),
    [names.scheme]: scheme,
  };
  if (methods.isOther(request.methodNumber)) attributes[names.methodOriginal] = request.method ?? "";
  const query = queryOf(target);
  if (query !== undefined) attributes[names.query] = redactQuery(query);

  const host = forwarded?.host ?? headers[":authority"] ?? headers.host;
  if (host) {
    const address = parseAddress(host);
    const port = address.port ?? defaultPort(scheme);
    attributes[names.serverAddress] = address.host;
    if (port !== undefined) attributes[names.serverPort] = port;
  }
  const client = forwarded?.client ?? peer?.remoteAddress;
  if (client !== undefined) attributes[names.clientAddress] = client;
  const userAgent = headers["user-agent"];
  if (userAgent !== undefined) attributes[names.userAgent] = userAgent;
  if (peer?.remoteAddress !== undefined) {
    attributes[names.peerAddress] = peer.remoteAddress;
    if (peer.remotePort !== undefined) attributes[names.peerPort] = peer.remotePort;
  }
  attributes[names.protocolVersion] = request.version;
  return attributes;
}

/** The path of a request target; of the absolute form too, in which a request to a proxy is written. */
export function pathOf(target: string): string {
  const path = fromPath(target);
  const end = path.indexOf("?");
  return end < 0 ? path : path.slice(0, end);
}

function queryOf(target: string): string | undefined {
  const start = target.indexOf("?");
  return start < 0 || start === target.length - 1 ? undefined : target.slice(start + 1);
}

function fromPath(target: string): string {
  if (target.startsWith("/")) return target;
  const authority = target.indexOf("://");
  if (authority < 0) return target;
  const path = target.slice(authority + 3).search(/[/?]/);
  if (path < 0) return "/";
  const rest = target.slice(authority + 3 + path);
  return rest.startsWith("/") ? rest : `/${rest}`;
}
