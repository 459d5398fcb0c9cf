import type { EventEmitter } from "node:events";
import type { AddressInfo, Server } from "node:net";

/** A server of `node:http`, `node:https` or `node:http2`. */
export type HttpServer = Server;

/** What only servers of HTTP have beyond a `net.Server`. */
interface HttpParts {
  readonly closeIdleConnections?: () => void;
  readonly closeAllConnections?: () => void;
  readonly updateSettings?: (settings: object) => void;
}

/** Tells HTTP servers from other ones by shape: loading `node:https` and `node:http2` just to ask would cost a start. */
export function isHttpServer(value: unknown): value is HttpServer {
  const server = value as (Partial<EventEmitter> & Partial<Server> & HttpParts) | undefined;
  return (
    typeof server?.on === "function" &&
    typeof server.address === "function" &&
    (typeof server.closeIdleConnections === "function" || isHttp2Server(server))
  );
}

/** Whether the server speaks HTTP/2. */
export function isHttp2Server(server: unknown): boolean {
  return typeof (server as HttpParts | undefined)?.updateSettings === "function";
}

/** The address a server listens on, as an operator would look for it: `127.0.0.1:8080`, `[::]:8080` or a path. */
export function describeAddress(address: AddressInfo | string | null): string {
  if (address === null) return "(not listening)";
  if (typeof address === "string") return address;
  return `${address.family === "IPv6" ? `[${address.address}]` : address.address}:${address.port}`;
}
