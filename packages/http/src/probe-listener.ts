import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import type { Clock } from "@seaworthy/lifecycle";

/** A server of probes on whichever thread it is opened. */
export interface ProbeListener {
  readonly server: Server;
  /** Rejects with Node's own error. May be called again after that. */
  listen(port: number, host: string | undefined): Promise<AddressInfo>;
  /** Closes the listener and every connection. */
  close(): Promise<void>;
}

/** What one asker, or a stranger, can take of it. */
const limits = {
  maxHeaderSize: 8 * 1_024,
  headersTimeout: 5_000,
  requestTimeout: 5_000,
  connectionsCheckingInterval: 1_000,
} as const;
/** Each may hand over 64 KiB of pipelined requests at a time, all of which Node takes apart before the first is answered. */
const mostConnections = 16;

/** Makes a server of probes, not listening yet. It does not hold the process open. */
export function createProbeListener(
  handle: (request: IncomingMessage, response: ServerResponse) => void,
  clock: Pick<Clock, "turn">,
): ProbeListener {
  // An import would also load what this module only gets on demand (undici): 3.5 MB for each thread.
  const { createServer } = process.getBuiltinModule("node:http");
  const server = createServer(limits, handle);
  const sockets = boundConnections(server);
  return {
    server,
    listen(port, host) {
      const { promise, resolve, reject } = Promise.withResolvers<AddressInfo>();
      server.once("error", reject);
      // Exclusive, or the workers of a cluster would answer for each other.
      server.listen({ port, exclusive: true, ...(host !== undefined && { host }) }, () => {
        server.off("error", reject);
        resolve(server.address() as AddressInfo);
      });
      server.unref();
      return promise;
    },
    async close() {
      if (!server.listening) return;
      // A probe that is on its way is accepted rather than reset with the listener.
      await clock.turn();
      const closed = new Promise((resolve) => void server.close(resolve));
      for (const socket of sockets) socket.destroySoon();
      await closed;
    },
  };
}

/**
 * Keeps the number of connections bounded by ending the oldest: whoever parks sockets cannot keep the kubelet out. Those
 * whose request is being answered come last, for a preStop hook waits there for the whole drain window.
 */
function boundConnections(server: Server): ReadonlySet<Socket> {
  const sockets = new Set<Socket>();
  const asking = new Set<Socket>();
  server.on("request", ({ socket }, response) => {
    asking.add(socket);
    response.once("close", () => asking.delete(socket));
  });
  server.on("connection", (socket) => {
    sockets.add(socket);
    socket.unref();
    socket.once("close", () => sockets.delete(socket));
    if (sockets.size <= mostConnections) return;
    const [oldest = socket] = sockets;
    const evicted = [...sockets].find((each) => each !== socket && !asking.has(each)) ?? oldest;
    // At once, not when it has closed: a burst is accepted in one go, and each has to end another one.
    sockets.delete(evicted);
    evicted.destroy();
  });
  return sockets;
}
