import { once } from "node:events";
import { type AddressInfo, type Socket, createServer } from "node:net";
import type { Scope } from "../harness/scope.ts";

const message = (type: string, ...parts: readonly Buffer[]): Buffer => {
  const body = Buffer.concat(parts);
  const head = Buffer.alloc(5, type);
  head.writeInt32BE(body.length + 4, 1);
  return Buffer.concat([head, body]);
};
const welcome = message("R", Buffer.alloc(4));
const ready = message("Z", Buffer.from("I"));
const done = message("C", Buffer.from("SELECT 0\0"));

/** As much of a PostgreSQL server as it takes to answer every query with nothing, on a free port. */
export async function openPostgres(scope: Scope): Promise<number> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => {});
    socket.once("data", () => {
      socket.write(Buffer.concat([welcome, ready]));
      socket.on("data", (data) => {
        if (data.toString("latin1").startsWith("Q")) socket.write(Buffer.concat([done, ready]));
      });
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  scope.after(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}
