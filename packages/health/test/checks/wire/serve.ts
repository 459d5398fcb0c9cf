import { once } from "node:events";
import { type AddressInfo, type Server, type Socket, createServer } from "node:net";

/** A server on a free port of 127.0.0.1 that can hold its answers back. */
export interface WireServer extends AsyncDisposable {
  readonly port: number;
  /** The connections that are open now. */
  readonly sockets: ReadonlySet<Socket>;
  /** How many answers are held back. */
  readonly held: number;
  /** Answers nothing from now on. */
  hold(): void;
  /** Sends what was held back, and answers again. */
  letGo(): void;
}

/** What a protocol does with one connection: it calls `reply` for each answer. */
export type Talk = (socket: Socket, reply: (bytes: Buffer | string) => void) => void;

/** Starts a server that talks. */
export async function serve(talk: Talk): Promise<WireServer> {
  const sockets = new Set<Socket>();
  let held: (() => void)[] | undefined;
  const server: Server = createServer((socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket)).on("error", () => undefined);
    talk(socket, (bytes) => {
      const send = () => void (socket.writable && socket.write(bytes));
      if (held) held.push(send);
      else send();
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    port,
    sockets,
    get held() {
      return held?.length ?? 0;
    },
    hold() {
      held ??= [];
    },
    letGo() {
      const sends = held ?? [];
      held = undefined;
      for (const send of sends) send();
    },
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      if (!server.listening) return;
      server.close();
      await once(server, "close");
    },
  };
}

/** A port of 127.0.0.1 on which nothing listens. */
export async function closedPort(): Promise<number> {
  const server = await serve(() => undefined);
  await server[Symbol.asyncDispose]();
  return server.port;
}
