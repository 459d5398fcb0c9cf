import { once } from "node:events";
import { type AddressInfo, type Socket, connect, createServer } from "node:net";
import type { TestContext } from "node:test";

/** A link that is as slow as one between machines, which loopback is not. */
export interface SlowLink {
  readonly port: number;
  /** Sends connections to come to another port; those there are stay where they are, as with conntrack. */
  routeTo(port: number): void;
}

/** Passes on bytes, FIN and RST, each so many milliseconds later, in either direction. */
export async function slowLink(t: TestContext, delayMs: number, port: number): Promise<SlowLink> {
  let target = port;
  const sockets = new Set<Socket>();
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (client) => {
    sockets.add(client);
    client.pause();
    client.on("error", () => {});
    setTimeout(() => {
      const service = connect({ port: target, host: "127.0.0.1", allowHalfOpen: true, noDelay: true });
      sockets.add(service);
      service.on("error", () => {});
      passOn(client, service, delayMs);
      passOn(service, client, delayMs);
    }, delayMs);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  return { port: (server.address() as AddressInfo).port, routeTo: (next) => (target = next) };
}

function passOn(from: Socket, to: Socket, delayMs: number): void {
  const later = (act: () => void): void => void setTimeout(act, delayMs);
  from.on("data", (chunk) => later(() => void to.write(chunk)));
  from.on("end", () => later(() => void to.end()));
  from.on("error", () => later(() => void to.resetAndDestroy()));
  from.resume();
}
