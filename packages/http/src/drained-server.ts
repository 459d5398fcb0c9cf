import type { ServerHttp2Session, ServerHttp2Stream } from "node:http2";
import type { IncomingMessage, ServerResponse } from "node:http";
import { Server as NetServer, type Socket } from "node:net";
import { type Lifecycle, settledOrAborted, whenAborted } from "@seaworthy/lifecycle";
import { type HttpServer, isHttp2Server } from "./http-server.ts";
import { createPulse } from "./pulse.ts";

/*
 * How one server drains.
 *
 * intake aborts        every response to come says Connection: close, so that clients leave by themselves
 * window over          the listener closes; idle sockets linger and a late request on one is still served
 * nothing in flight    and no request for the linger time, or no socket left: the rest of the sockets close
 * drain budget spent   whatever is left is cut
 *
 * Closing idle sockets from this side instead would reset the request that is already on its way
 * (nodejs/node#60617). `http.Server.close` does that, and stops Node's header time-outs; `net.Server.close` does not.
 */

/** A server whose connections and requests are counted, and which drains with its life. */
export interface DrainedServer extends Disposable {
  readonly name: string;
  /** Counts a request in; it counts itself out. */
  accept(request: IncomingMessage, response: ServerResponse): void;
}

/** What the draining of a server can be set to. */
export interface DrainOptions {
  /** How long idle sockets are still served after the last request, in milliseconds. */
  readonly lingerMs: number;
  /** Hears when the server has closed and is let go of. */
  readonly onClosed: () => void;
}

/** What is in flight on one connection of HTTP/1.1, in the order of the requests, and how each counts itself out. */
type Responses = Map<ServerResponse, () => void>;

/** Node's own default for how many connections wait to be accepted (nodejs.org/api/net, `server.listen`). */
const longestBacklog = 511;

/** Takes charge of a server until disposed. */
export function drainServer(
  lifecycle: Lifecycle,
  server: HttpServer,
  name: string,
  { lingerMs, onClosed }: DrainOptions,
): DrainedServer {
  const { clock, intake } = lifecycle;
  const door = lifecycle.openDoor();
  const pulse = createPulse();
  const connections = new Map<Socket, Responses>();
  const sessions = new Set<ServerHttp2Session>();
  const leaving = new WeakSet<ServerResponse>();
  let arrivals = 0;
  let inFlight = 0;

  const onConnection = (socket: Socket): void => {
    arrivals += 1;
    door.arrived();
    adopt(socket);
  };
  const adopt = (socket: Socket): Responses => {
    const known = connections.get(socket);
    if (known) return known;
    const responses: Responses = new Map();
    connections.set(socket, responses);
    socket.once("close", () => {
      connections.delete(socket);
      // Responses queued behind the one being written never hear of their socket's end by themselves.
      for (const end of responses.values()) end();
      if (connections.size > 0) return;
      pulse.beat();
      // A server that was only ever handed sockets never closes; without this it would be kept for ever.
      if (!server.listening && !intake.aborted) onClose();
    });
    return responses;
  };

  const begin = (describe: () => string): (() => void) => {
    const work = lifecycle.beginWork(describe);
    inFlight += 1;
    pulse.beat();
    return () => {
      inFlight -= 1;
      work.end();
      pulse.beat();
    };
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
      if (response === last) leaving.add(response);
    }
  };

  const onSession = (session: ServerHttp2Session): void => {
    sessions.add(session);
    session.once("close", () => sessions.delete(session));
  };
  const onStream = (stream: ServerHttp2Stream, headers: NodeJS.Dict<unknown>): void => {
    const end = begin(() => `${String(headers[":method"])} ${pathOf(String(headers[":path"]))}`);
    stream.once("close", end);
  };

  const onIntakeAborted = (): void => {
    for (const responses of connections.values()) sayClose(responses);
    for (const session of sessions) session.close();
  };

  /** Accepts what the kernel has completed, which would be reset with the listener: one connection each turn. */
  const emptyBacklog = async (): Promise<void> => {
    let before = -1;
    for (let turn = 0; turn < longestBacklog && arrivals !== before; turn += 1) {
      before = arrivals;
      await clock.turn();
    }
  };

  const drain = async (signal: AbortSignal): Promise<void> => {
    await emptyBacklog();
    if (server.listening) NetServer.prototype.close.call(server);
    for (const session of sessions) session.close();
    while (connections.size > 0 && !signal.aborted) {
      const changed = pulse.next();
      if (inFlight > 0) await settledOrAborted(changed, signal);
      else if (!(await changedWithin(lingerMs, changed, signal))) break;
    }
    for (const socket of connections.keys()) socket.destroy();
  };
  const changedWithin = async (ms: number, changed: Promise<void>, signal: AbortSignal): Promise<boolean> => {
    const quiet = new AbortController();
    const timer = clock.after(ms, () => quiet.abort(), { ref: true });
    const happened = await settledOrAborted(changed, AbortSignal.any([quiet.signal, signal]));
    timer[Symbol.dispose]();
    return happened;
  };

  const hook = lifecycle.onDrain(name, ({ signal }) => drain(signal));
  const listening = whenAborted(intake, onIntakeAborted);
  server.on("connection", onConnection);
  if (isHttp2Server(server)) server.on("session", onSession).on("stream", onStream);
  server.on("close", onClose);

  function onClose(): void {
    dispose();
    onClosed();
  }
  function dispose(): void {
    server.off("connection", onConnection).off("session", onSession).off("stream", onStream).off("close", onClose);
    listening[Symbol.dispose]();
    hook[Symbol.dispose]();
    door[Symbol.dispose]();
  }

  return {
    name,
    accept(request, response) {
      const { socket } = request;
      const responses = adopt(socket);
      const ended = begin(() => `${request.method ?? "?"} ${pathOf(originalUrl(request))}`);
      const end = (): void => {
        if (!responses.delete(response)) return;
        ended();
        // Where the application wrote a Connection header of its own, Node keeps the socket.
        if (leaving.has(response) && responses.size === 0 && socket.writable) socket.end();
      };
      responses.set(response, end);
      response.once("close", end);
      if (intake.aborted) sayClose(responses);
    },
    [Symbol.dispose]: dispose,
  };
}

/** A path for a report: without the query, which may hold secrets. */
const pathOf = (url: string): string => (url.split("?", 1)[0] ?? "").slice(0, 100);

/** Express rewrites `url` below a mount point and keeps what came here. */
const originalUrl = (request: IncomingMessage & { originalUrl?: string }): string =>
  request.originalUrl ?? request.url ?? "?";
