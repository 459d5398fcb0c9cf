import type { IncomingMessage, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { Lifecycle } from "@seaworthy/lifecycle";
import { pathOf } from "./path.ts";
import type { OpenRequest, Requests } from "./requests.ts";
import { answerOfResponse } from "./response.ts";

/** The connections of one server, and the requests of HTTP/1.1 on each. */
export interface Connections {
  adopt(socket: Socket): void;
  /** Counts a request in; it counts itself out. */
  accept(request: IncomingMessage, response: ServerResponse): void;
  /** Has those in flight tell their clients to leave. */
  leave(): void;
  count(): number;
  find(response: ServerResponse): OpenRequest | undefined;
  /** Closes whatever is left. */
  cut(): void;
}

/** What is open on one connection of HTTP/1.1, in the order of the requests. */
type Responses = Map<ServerResponse, OpenRequest>;

/** No connection yet; `onNone` hears when the last one has closed. */
export function createConnections(lifecycle: Lifecycle, requests: Requests, onNone: () => void): Connections {
  const connections = new Map<Socket, Responses>();
  const lastOfTheirSocket = new WeakSet<ServerResponse>();

  const adopt = (socket: Socket): Responses => {
    const known = connections.get(socket);
    if (known) return known;
    const responses: Responses = new Map();
    connections.set(socket, responses);
    socket.once("close", () => {
      connections.delete(socket);
      // Responses queued behind the one being written never hear of their socket's end by themselves.
      for (const { end } of responses.values()) end();
      if (connections.size === 0) onNone();
    });
    return responses;
  };

  /**
   * Only the last in line says close: those behind it would never be written. A response whose headers are gone has
   * promised to keep the socket; the next request on it is told.
   */
  const sayClose = (responses: Responses): void => {
    const last = [...responses.keys()].at(-1);
    for (const response of responses.keys()) {
      if (response.headersSent) continue;
      response.shouldKeepAlive = response !== last;
      if (response === last) lastOfTheirSocket.add(response);
    }
  };

  return {
    adopt,
    accept(request, response) {
      const { socket } = request;
      const responses = adopt(socket);
      const answer = answerOfResponse(response);
      const open = requests.begin(answer, () => `${request.method ?? "?"} ${pathOf(originalUrl(request))}`);
      responses.set(response, open);
      response.once("close", () => {
        if (!responses.delete(response)) return;
        open.end();
        // Where the application wrote a Connection header of its own, Node keeps the socket.
        if (lastOfTheirSocket.has(response) && responses.size === 0 && socket.writable) socket.end();
      });
      if (lifecycle.leaving) sayClose(responses);
    },
    leave() {
      for (const responses of connections.values()) sayClose(responses);
    },
    count: () => connections.size,
    find: (response) => connections.get(response.req.socket)?.get(response),
    cut() {
      for (const socket of connections.keys()) socket.destroy();
    },
  };
}

/** Express rewrites `url` below a mount point and keeps what came here. */
const originalUrl = (request: IncomingMessage & { originalUrl?: string }): string =>
  request.originalUrl ?? request.url ?? "?";
