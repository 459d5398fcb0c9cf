import type { IncomingMessage } from "node:http";
import type { Server } from "node:net";
import type { Duplex } from "node:stream";

/** What Node hands a socket over with, to whoever listens. */
const events = ["upgrade", "connect"] as const;

/**
 * Hears of every socket that a request of HTTP/1.1 turns into something else. Node takes a request for an upgrade only
 * where someone listens for one, so this listens only while the application does.
 */
export function trackUpgrades(server: Server, onUpgraded: (socket: Duplex) => void): Disposable {
  const listening = new Set<string>();

  const onUpgrade = ({ httpVersionMajor }: IncomingMessage, socket: Duplex): void => {
    // A CONNECT of HTTP/2 is a stream, and counted as one.
    if (httpVersionMajor === 1) onUpgraded(socket);
  };
  const join = (event: string): void => {
    if (listening.has(event)) return;
    listening.add(event);
    server.prependListener(event, onUpgrade);
  };
  const leave = (event: string): void => {
    if (listening.delete(event)) server.off(event, onUpgrade);
  };
  const isUpgrade = (event: string | symbol): event is string => events.some((name) => name === event);
  const onNewListener = (event: string | symbol): void => {
    if (isUpgrade(event)) join(event);
  };
  const onRemoveListener = (event: string | symbol): void => {
    if (isUpgrade(event) && server.listenerCount(event) === 1) leave(event);
  };

  for (const event of events) if (server.listenerCount(event) > 0) join(event);
  server.on("newListener", onNewListener).on("removeListener", onRemoveListener);
  return {
    [Symbol.dispose]() {
      server.off("newListener", onNewListener).off("removeListener", onRemoveListener);
      for (const event of listening) leave(event);
    },
  };
}
