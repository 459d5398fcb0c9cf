import { once } from "node:events";
import { type RequestListener, type Server, createServer as createHttpServer } from "node:http";
import { createServer as createHttpsServer } from "node:https";
import type { AddressInfo, Socket } from "node:net";
import type { TLSSocket } from "node:tls";
import type { Certificate } from "../certificate.ts";

/** A web server on a free port of 127.0.0.1. */
export interface WebServer extends AsyncDisposable {
  readonly url: string;
  /** The connections so far; those of TLS once the handshake is over. */
  readonly connections: readonly Socket[];
  /** For each of them, whether it resumed an earlier TLS session. */
  readonly resumed: readonly boolean[];
}

/** Starts a web server, over TLS when a certificate is given. */
export async function serveHttp(listener: RequestListener, certificate?: Certificate): Promise<WebServer> {
  const connections: Socket[] = [];
  const resumed: boolean[] = [];
  const server: Server = certificate ? createHttpsServer(certificate, listener) : createHttpServer(listener);
  server.on(certificate ? "secureConnection" : "connection", (socket: Socket | TLSSocket) => {
    connections.push(socket);
    resumed.push("isSessionReused" in socket && socket.isSessionReused());
  });
  server.on("tlsClientError", () => undefined);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    url: certificate ? `https://localhost:${port}` : `http://127.0.0.1:${port}`,
    connections,
    resumed,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}
