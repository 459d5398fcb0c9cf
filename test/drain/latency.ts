import { once } from "node:events";
import { type AddressInfo, type Socket, connect, createServer } from "node:net";
import type { Scope } from "../harness/scope.ts";

/** A link that is as slow as one between machines, which loopback is not. */
export interface SlowLink {
  readonly port: number;
}

/** The port that a new connection goes to; none refuses it. */
export type Route = () => number | undefined;

/**
 * Passes on bytes, FIN and RST, each so many milliseconds later, in either direction. A connection stays where it went
 * when it was opened, as with conntrack.
 */
export async function slowLink(scope: Scope, delayMs: number, route: Route): Promise<SlowLink> {
  const sockets = new Set<Socket>();
  const keep = (socket: Socket): void => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket)).on("error", () => {});
  };
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (client) => {
    keep(client);
    client.pause();
    setTimeout(() => {
      const port = route();
      if (port === undefined) return void setTimeout(() => client.resetAndDestroy(), delayMs);
      const service = connect({ port, host: "127.0.0.1", allowHalfOpen: true, noDelay: true });
      keep(service);
      passOn(client, service, delayMs);
      passOn(service, client, delayMs);
    }, delayMs);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  scope.after(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  return { port: (server.address() as AddressInfo).port };
}

function passOn(from: Socket, to: Socket, delayMs: number): void {
  const later = (act: () => void): void => void setTimeout(act, delayMs);
  from.on("data", (chunk) => later(() => void to.write(chunk)));
  from.on("end", () => later(() => void to.end()));
  from.on("error", () => later(() => void to.resetAndDestroy()));
  from.resume();
}
