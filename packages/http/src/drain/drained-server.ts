import type { IncomingMessage, ServerResponse } from "node:http";
import type { ServerHttp2Stream } from "node:http2";
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import { type Hook, type HookContext, type Lifecycle, settledOrAborted } from "@seaworthy/lifecycle";
import type { HttpServer } from "../http-server.ts";
import { createPulse } from "../pulse.ts";
import { createConnections } from "./connections.ts";
import { trackHandshakes } from "./handshakes.ts";
import { createListener } from "./listener.ts";
import type { CloseListener } from "./linger.ts";
import { createLongLived } from "./long-lived.ts";
import { watchEarlyClose } from "./early-close.ts";
import { createRequests } from "./requests.ts";
import { ignoreLateWrites } from "./response.ts";
import { createSessions } from "./sessions.ts";
import { trackUpgrades } from "./upgrades.ts";
import { within } from "./within.ts";

/*
 * How one server drains.
 *
 * leaving              every response to come says Connection: close, every session of HTTP/2 gets its GOAWAY
 * window over          the listener closes; idle sockets linger and a late request on one is still served
 *                      long-lived responses say their last words, and their budget begins
 *  + longLivedMs       long-lived responses and upgraded sockets are ended
 * nothing in flight    nor long-lived, and for the linger time no request and no TLS handshake under way, or no socket
 *                      left: the rest of the sockets close
 * drain budget spent   whatever is left is cut
 */

/** A server whose connections and requests are counted, and which drains with its life. */
export interface DrainedServer extends Disposable {
  readonly name: string;
  /** Counts a request of HTTP/1.1 in; it counts itself out. */
  accept(request: IncomingMessage, response: ServerResponse): void;
  /** Takes this response, or this stream of HTTP/2, for long-lived if it is one of this server's. */
  keep(answer: ServerResponse | ServerHttp2Stream, onLeave?: Hook): void;
}

/** What the draining of a server can be set to. */
export interface DrainSettings {
  /** How long idle sockets are still served after the last request, in milliseconds. */
  readonly lingerMs: number;
  /** How long what has no end of its own is kept after the drain window, in milliseconds. */
  readonly longLivedMs: number;
  readonly closeListener: CloseListener;
  /** Hears when the server has closed and is let go of. */
  readonly onClosed: () => void;
}

/** An event stream is found out by its headers, and of those nobody tells: while draining one looks this often. */
const lookMs = 100;

/** Takes charge of a server until disposed. */
export function drainServer(
  lifecycle: Lifecycle,
  server: HttpServer,
  name: string,
  settings: DrainSettings,
): DrainedServer {
  const { clock } = lifecycle;
  const { lingerMs, onClosed } = settings;
  const pulse = createPulse();
  const longLived = createLongLived(lifecycle, settings.longLivedMs, pulse.beat);
  const requests = createRequests(lifecycle, longLived, pulse.beat);
  const connections = createConnections(lifecycle, requests, onNoConnection);
  const sessions = createSessions(lifecycle, server, requests, pulse.beat);
  const listener = createListener(lifecycle, server, requests, settings);
  const handshakes = trackHandshakes(server, clock, pulse.beat);
  const upgrades = trackUpgrades(server, keepUpgraded);

  function onNoConnection(): void {
    pulse.beat();
    // A server that was only ever handed sockets never closes; without this it would be kept for ever.
    if (!server.listening && !lifecycle.intake.aborted) onClose();
  }
  function keepUpgraded(socket: Duplex): void {
    const kept = longLived.keep({
      end() {
        ignoreLateWrites(socket);
        socket.end();
      },
    });
    socket.once("close", () => kept[Symbol.dispose]());
  }

  const leave = (): void => {
    connections.leave();
    sessions.leave();
  };

  const isOpen = (): boolean => connections.count() + sessions.count() + requests.inFlight() > 0;

  const drain = async (context: HookContext): Promise<void> => {
    const { signal } = context;
    requests.findEventStreams();
    longLived.leave(context);
    await listener.close(signal);
    sessions.leave();
    while (isOpen() && !signal.aborted) {
      const changed = pulse.next();
      requests.findEventStreams();
      if (requests.inFlight() > 0) await within(clock, lookMs, changed, signal);
      else if (longLived.count() > 0) await settledOrAborted(changed, signal);
      else if (!(await within(clock, lingerMs, changed, signal)) && handshakes.underWay() === 0) break;
    }
    sessions.cut();
    connections.cut();
    longLived[Symbol.dispose]();
  };

  const earlyClose = watchEarlyClose(lifecycle, server, name);
  const hook = lifecycle.onDrain(name, drain);
  const listening = lifecycle.onLeave(leave);
  server.on("connection", onConnection).on("close", onClose);

  function onConnection(socket: Socket): void {
    listener.arrived();
    connections.adopt(socket);
  }
  function onClose(): void {
    if (!lifecycle.intake.aborted) earlyClose[Symbol.dispose]();
    dispose();
    onClosed();
  }
  function dispose(): void {
    server.off("connection", onConnection).off("close", onClose);
    for (const part of [listening, hook, sessions, handshakes, upgrades, listener, requests]) part[Symbol.dispose]();
  }

  return {
    name,
    accept: connections.accept,
    keep(answer, onLeave) {
      const open = "respond" in answer ? sessions.find(answer) : connections.find(answer);
      if (open) requests.keep(open, onLeave);
    },
    [Symbol.dispose]() {
      earlyClose[Symbol.dispose]();
      dispose();
    },
  };
}
