import { subscribe, unsubscribe } from "node:diagnostics_channel";
import type { IncomingMessage, ServerResponse } from "node:http";
import { type Lifecycle, SeaworthyError, describe, optionError } from "@seaworthy/lifecycle";
import { publish } from "./channels.ts";
import { type DrainedServer, drainServer } from "./drained-server.ts";
import type { HttpErrorCode } from "./errors.ts";
import { type HttpServer, describeAddress, isHttp2Server, isHttpServer } from "./http-server.ts";

/** Options of `drainServers`. */
export interface DrainServersOptions {
  /** How long idle sockets are still served after the last request of a drain, in milliseconds. Default 250. */
  readonly lingerMs?: number;
  /** Hears of each server that listens. */
  readonly onServer?: (server: HttpServer) => void;
}

/** The defaults of {@link DrainServersOptions}. */
export const drainDefaults = { lingerMs: 250 } as const;

/** The servers of one life. Disposing lets go of all of them and leaves every listener count as it was. */
export interface DrainedServers extends Disposable {
  /**
   * Takes charge of a server that was not found by itself. Disposing lets go of it.
   *
   * @throws `ERR_SEAWORTHY_OPTION` for what is no HTTP server.
   */
  drain(server: HttpServer): Disposable;
  /** Leaves a server alone: it is none of this service's. */
  ignore(server: HttpServer): void;
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
export function drainServers(lifecycle: Lifecycle, options: DrainServersOptions = {}): DrainedServers {
  const { lingerMs = drainDefaults.lingerMs, onServer } = options;
  if (typeof lingerMs !== "number" || !(lingerMs >= 0)) {
    throw optionError("lingerMs", "a number of milliseconds, at least 0", lingerMs, "Leave it out for 250.");
  }
  if (lives.has(lifecycle)) throw alreadyDrained();
  lives.add(lifecycle);
  const drained = new Map<HttpServer, DrainedServer>();
  const names = new Set<string>();
  const ignored = new WeakSet<HttpServer>();

  const adopt = (server: HttpServer): DrainedServer => {
    const known = drained.get(server);
    if (known) return known;
    const name = freeName(nameOf(server), names);
    const adopted = drainServer(lifecycle, server, name, { lingerMs, onClosed: () => forget(server, name) });
    names.add(name);
    drained.set(server, adopted);
    publish("server", { lifecycle, server, name });
    if (server.listening) onServer?.(server);
    return adopted;
  };

  const forget = (server: HttpServer, name: string): void => {
    drained.delete(server);
    // A drain hook that has run keeps its name in the report.
    if (!lifecycle.intake.aborted) names.delete(name);
  };

  const onListen = (message: unknown): void => {
    const { server } = message as { server: unknown };
    if (!isHttpServer(server) || ignored.has(server)) return;
    // One that was handed over before has a better name now.
    if (drained.has(server)) letGo(server);
    adopt(server);
  };
  const onRequest = (message: unknown): void => {
    const { server, request, response } = message as RequestStart;
    if (!ignored.has(server)) (drained.get(server) ?? adopt(server)).accept(request, response);
  };
  subscribe(listenChannel, onListen);
  subscribe(requestChannel, onRequest);

  const letGo = (server: HttpServer): void => {
    const known = drained.get(server);
    known?.[Symbol.dispose]();
    if (known) forget(server, known.name);
  };
  const ignore = (server: HttpServer): void => {
    ignored.add(server);
    letGo(server);
  };
  return {
    drain(server) {
      if (!isHttpServer(server)) {
        const code: HttpErrorCode = "ERR_SEAWORTHY_OPTION";
        throw new SeaworthyError(code, {
          expected: "a server of node:http, node:https or node:http2",
          got: describe(server),
          fix: "Pass what createServer or app.listen returned.",
        });
      }
      ignored.delete(server);
      adopt(server);
      return { [Symbol.dispose]: () => ignore(server) };
    },
    ignore,
    [Symbol.dispose]() {
      unsubscribe(listenChannel, onListen);
      unsubscribe(requestChannel, onRequest);
      lives.delete(lifecycle);
      for (const server of drained.keys()) letGo(server);
    },
  };
}

/** Every request counts once, so a life's servers have one to drain them. */
const lives = new WeakSet<Lifecycle>();

function alreadyDrained(): SeaworthyError {
  const code: HttpErrorCode = "ERR_SEAWORTHY_ALREADY_DRAINED";
  return new SeaworthyError(code, {
    expected: "the servers of a life to be drained by one call",
    got: "a second drainServers() for the same life",
    fix: "Use the one there is; a service that was started has drain() and ignore().",
  });
}

interface RequestStart {
  readonly server: HttpServer;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

const nameOf = (server: HttpServer): string =>
  `${isHttp2Server(server) ? "http2" : "http"} server ${describeAddress(server.address())}`;

function freeName(name: string, taken: ReadonlySet<string>): string {
  let free = name;
  for (let next = 2; taken.has(free); next += 1) free = `${name} #${next}`;
  return free;
}
