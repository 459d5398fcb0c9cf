import type { Server, Socket } from "node:net";
import type { Clock } from "@seaworthy/lifecycle";

/** The TLS handshakes of one server: connections whose clients have spoken and could not ask for anything yet. */
export interface Handshakes extends Disposable {
  /** How many are under way, and not given up. */
  underWay(): number;
}

/** A client that takes longer than this does not hold up a drain any more. */
const patienceMs = 1_000;

/** Follows the handshakes of a server; one without TLS has none. `onChange` hears of each that is over. */
export function trackHandshakes(server: Server, clock: Clock, onChange: () => void): Handshakes {
  const begun = new Map<string, { readonly socket: Socket; readonly since: number }>();

  const onConnection = (socket: Socket): void => {
    const peer = peerOf(socket);
    begun.set(peer, { socket, since: clock.now() });
    socket.once("close", () => end(peer));
  };
  const end = (peer: string): void => {
    if (begun.delete(peer)) onChange();
  };
  const onSecure = (socket: Socket): void => end(peerOf(socket));
  const onFailed = (_error: unknown, socket: Socket): void => end(peerOf(socket));

  if (isTls(server)) {
    server.on("connection", onConnection).on("secureConnection", onSecure).on("tlsClientError", onFailed);
  }
  return {
    underWay: () =>
      [...begun.values()].filter(({ socket, since }) => socket.bytesRead > 0 && clock.now() - since < patienceMs)
        .length,
    [Symbol.dispose]() {
      server.off("connection", onConnection).off("secureConnection", onSecure).off("tlsClientError", onFailed);
    },
  };
}

/** The socket below and the one above have only their peer in common. */
const peerOf = ({ remoteAddress, remotePort }: Socket): string => `${remoteAddress} ${remotePort}`;

const isTls = (server: object): boolean => "setSecureContext" in server;
