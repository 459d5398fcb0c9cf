import type { IncomingMessage, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { Lifecycle } from "@seaworthy/lifecycle";
import { lingerForBody } from "./linger-for-body.ts";
import type { OpenRequest, Requests } from "./requests.ts";
import { ResponseAnswer } from "./response.ts";

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
      for (const open of responses.values()) requests.end(open);
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
      if (response !== last) continue;
      lastOfTheirSocket.add(response);
      lingerForBody(response.req);
    }
  };

  /** Listens on every response, so it is one for all. */
  function onResponseClosed(this: ServerResponse): void {
    const { socket } = this.req;
    const responses = connections.get(socket);
    const open = responses?.get(this);
    if (!responses || !open) return;
    responses.delete(this);
    requests.end(open);
    // Where the application wrote a Connection header of its own, Node keeps the socket.
    if (responses.size === 0 && lastOfTheirSocket.has(this) && socket.writable) socket.end();
  }

  return {
    adopt,
    accept({ socket }, response) {
      const responses = adopt(socket);
      responses.set(response, requests.begin(new ResponseAnswer(response)));
      response.on("close", onResponseClosed);
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
