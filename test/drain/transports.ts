import { once } from "node:events";
import { Agent, type RequestListener, type Server, type ServerOptions, createServer } from "node:http";
import { Agent as TlsAgent, createServer as createTlsServer } from "node:https";
import { type Socket, connect } from "node:net";
import { connect as connectTls } from "node:tls";
import { type Certificate, selfSignedCertificate } from "./certificate.ts";

/** What HTTP/1.1 is spoken over. */
export interface Transport {
  readonly scheme: "http" | "https";
  createServer(listener: RequestListener, options?: ServerOptions): Server;
  /** An agent with one keep-alive socket, as a pooled client has. */
  keepAliveAgent(): Agent;
  /** A bare connection, ready to be written to. */
  connect(port: number): Promise<Socket>;
}

export const plain: Transport = {
  scheme: "http",
  createServer: (listener, options = {}) => createServer(options, listener),
  keepAliveAgent: () => new Agent({ keepAlive: true, maxSockets: 1 }),
  async connect(port) {
    const socket = connect(port, "127.0.0.1");
    await once(socket, "connect");
    return socket;
  },
};

export function encrypted({ key, cert }: Certificate = selfSignedCertificate()): Transport {
  return {
    scheme: "https",
    createServer: (listener, options = {}) => createTlsServer({ key, cert, ...options }, listener),
    keepAliveAgent: () => new TlsAgent({ keepAlive: true, maxSockets: 1, ca: cert }),
    async connect(port) {
      const socket = connectTls({ port, host: "127.0.0.1", ca: cert, servername: "localhost" });
      await once(socket, "secureConnect");
      return socket;
    },
  };
}
