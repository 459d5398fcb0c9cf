import { once } from "node:events";
import { type IncomingMessage, type ServerResponse, createServer } from "node:http";
import { type AddressInfo, type Socket, createServer as createNetServer } from "node:net";
import type { TestContext } from "node:test";

const urlOf = ({ port }: AddressInfo): string => `http://127.0.0.1:${port}`;

/** A server of HTTP that reads what comes, and answers as it is told. */
export async function openAnswering(
  t: TestContext,
  answer: (response: ServerResponse, request: IncomingMessage) => void,
): Promise<string> {
  const server = createServer((request, response) => {
    request.resume().on("end", () => answer(response, request));
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return urlOf(server.address() as AddressInfo);
}

/** A server that does with a connection what it is told, whatever is said on it. */
export async function openSocketServer(t: TestContext, onConnection: (socket: Socket) => void): Promise<string> {
  const sockets = new Set<Socket>();
  const server = createNetServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => {});
    onConnection(socket);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return urlOf(server.address() as AddressInfo);
}

/** Answers 200, and then a byte now and then for ever. */
export function drip(response: ServerResponse): void {
  response.writeHead(200, { "content-type": "application/x-protobuf" });
  const dripping = setInterval(() => response.write("\n"), 50);
  response.on("close", () => clearInterval(dripping));
}
