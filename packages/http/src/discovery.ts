import { subscribe, unsubscribe } from "node:diagnostics_channel";
import type { IncomingMessage, ServerResponse } from "node:http";
import { type Hook, type Lifecycle, SeaworthyError, assertFunction, describe } from "@seaworthy/lifecycle";
import { publish } from "./channels.ts";
import { type DrainServersOptions, resolveDrainOptions } from "./drain-options.ts";
import { type DrainedServer, drainServer } from "./drain/drained-server.ts";
import { type CloseListener, closeListenerAlone } from "./drain/linger.ts";
import { type WebSocketServer, drainWebSocketServer, isWebSocketServer } from "./drain/web-socket-server.ts";
import type { HttpErrorCode } from "./errors.ts";
import { freeName } from "./free-name.ts";
import { type HttpServer, describeAddress, isHttp2Server, isHttpServer } from "./http-server.ts";
import { type LongLivedResponse, countedResponse } from "./long-lived-response.ts";
import { ownServers } from "./own-servers.ts";

/** The servers of one life. Disposing lets go of all of them and leaves every listener count as it was. */
export interface DrainedServers extends Disposable {
  /**
   * Takes charge of a server that was not found by itself, or of a WebSocket server of the `ws` package, whose clients
   * are then asked to leave with close code 1001. Disposing lets go of it.
   *
   * @throws `ERR_SEAWORTHY_OPTION` for what is neither.
   */
  drain(server: HttpServer | WebSocketServer): Disposable;
  /** Leaves a server alone: it is none of this service's. */
  ignore(server: HttpServer | WebSocketServer): void;
  /**
   * Declares a response that has no end of its own, such as a long poll; one of type `text/event-stream` is known
   * without. It is in flight no more: it is ended `longLivedMs` after the drain window, with 503 if it has not begun.
   * `onLeave` may write its last event when the window is over, and the response is ended when that has settled.
   *
   * @throws `ERR_SEAWORTHY_OPTION` for what is no response.
   */
  longLived(response: LongLivedResponse, onLeave?: Hook): void;
}

/** Node publishes these by itself: nothing is patched (nodejs.org/api/diagnostics_channel). */
const listenChannel = "tracing:net.server.listen:asyncEnd";
const requestChannel = "http.server.request.start";

/**
 * Finds every server of `node:http`, `node:https` and `node:http2` as it begins to listen, or at its first request if
 * it listened before, and drains it when its life does.
 *
 * @throws `ERR_SEAWORTHY_OPTION`
 * @throws `ERR_SEAWORTHY_ALREADY_DRAINED` when the servers of this life are drained already.
 */
export const drainServers = (lifecycle: Lifecycle, options: DrainServersOptions = {}): DrainedServers =>
  discoverServers(lifecycle, options, closeListenerAlone);

/** What `drainServers` does, with the way in which listeners are closed. */
export function discoverServers(
  lifecycle: Lifecycle,
  options: DrainServersOptions,
  closeListener: CloseListener,
): DrainedServers {
  const { lingerMs, longLivedMs } = resolveDrainOptions(options);
  if (lives.has(lifecycle)) throw alreadyDrained();
  lives.add(lifecycle);
  const drained = new Map<HttpServer, DrainedServer>();
  const webSockets = new Map<WebSocketServer, { readonly name: string; readonly handle: Disposable }>();
  const names = new Set<string>();
  const ignored = new WeakSet<HttpServer>();
  const isLeftAlone = (server: HttpServer): boolean => ignored.has(server) || ownServers.has(server);

  const adopt = (server: HttpServer): DrainedServer => {
    const known = drained.get(server);
    if (known) return known;
    const name = freeName(nameOf(server), names);
    const onClosed = (): void => forget(drained, server, name);
    const adopted = drainServer(lifecycle, server, name, { lingerMs, longLivedMs, closeListener, onClosed });
    names.add(name);
    drained.set(server, adopted);
    const { phase } = lifecycle;
    // Of one that comes when the drain is over, the life has told that it comes too late.
    if (phase !== "stopping" && phase !== "stopped") publish("server", { lifecycle, server, name });
    if (server.listening) options.onServer?.(server);
    return adopted;
  };
  const adoptWebSockets = (server: WebSocketServer): void => {
    if (webSockets.has(server)) return;
    const name = freeName("ws server", names);
    const onClosed = (): void => forget(webSockets, server, name);
    const handle = drainWebSocketServer(lifecycle, server, name, { longLivedMs, onClosed });
    names.add(name);
    webSockets.set(server, { name, handle });
  };

  const forget = <Server>(known: Map<Server, unknown>, server: Server, name: string): void => {
    known.delete(server);
    // A drain hook that has run keeps its name in the report.
    if (!lifecycle.intake.aborted) names.delete(name);
  };

  const onListen = (message: unknown): void => {
    const { server } = message as { server: unknown };
    if (!isHttpServer(server) || isLeftAlone(server)) return;
    // One that was handed over before has a better name now.
    if (drained.has(server)) letGo(server);
    adopt(server);
  };
  const onRequest = (message: unknown): void => {
    const { server, request, response } = message as RequestStart;
    if (!isLeftAlone(server)) (drained.get(server) ?? adopt(server)).accept(request, response);
  };
  subscribe(listenChannel, onListen);
  subscribe(requestChannel, onRequest);

  const letGo = (server: HttpServer): void => {
    const known = drained.get(server);
    known?.[Symbol.dispose]();
    if (known) forget(drained, server, known.name);
  };
  const letGoOfWebSockets = (server: WebSocketServer): void => {
    const known = webSockets.get(server);
    known?.handle[Symbol.dispose]();
    if (known) forget(webSockets, server, known.name);
  };
  const ignore = (server: HttpServer | WebSocketServer): void => {
    if (isWebSocketServer(server)) return letGoOfWebSockets(server);
    ignored.add(server);
    letGo(server);
  };
  return {
    drain(server) {
      if (isWebSocketServer(server)) adoptWebSockets(server);
      else if (isHttpServer(server)) {
        ignored.delete(server);
        adopt(server);
      } else throw noServer(server);
      return { [Symbol.dispose]: () => ignore(server) };
    },
    ignore,
    longLived(response, onLeave) {
      const answer = countedResponse(response);
      if (onLeave !== undefined) assertFunction(onLeave, "the onLeave hook of a long-lived response");
      for (const { keep } of drained.values()) keep(answer, onLeave);
    },
    [Symbol.dispose]() {
      unsubscribe(listenChannel, onListen);
      unsubscribe(requestChannel, onRequest);
      lives.delete(lifecycle);
      for (const server of drained.keys()) letGo(server);
      for (const server of webSockets.keys()) letGoOfWebSockets(server);
    },
  };
}

/** Every request counts once, so a life's servers have one to drain them. */
const lives = new WeakSet<Lifecycle>();

function alreadyDrained(): SeaworthyError<HttpErrorCode> {
  return new SeaworthyError("ERR_SEAWORTHY_ALREADY_DRAINED", {
    expected: "the servers of a life to be drained by one call",
    got: "a second drainServers() for the same life",
    fix: "Use the one there is; a service that was started has drain() and ignore().",
  });
}

function noServer(value: unknown): SeaworthyError<HttpErrorCode> {
  return new SeaworthyError("ERR_SEAWORTHY_OPTION", {
    expected: "a server of node:http, node:https, node:http2 or ws",
    got: describe(value),
    fix: "Pass what createServer, app.listen or new WebSocketServer returned.",
  });
}

interface RequestStart {
  readonly server: HttpServer;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

const nameOf = (server: HttpServer): string =>
  `${isHttp2Server(server) ? "http2" : "http"} server ${describeAddress(server.address())}`;
