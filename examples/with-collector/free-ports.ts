import { once } from "node:events";
import { type Server, createServer } from "node:net";
import type { Ports } from "./ports.ts";

const another = "Name the first of five others in a row in FIRST_PORT.";

/** Who listens on a port, and what to do where another program does. */
const uses: Readonly<Record<keyof Ports, readonly [who: string, fix: string]>> = {
  otlp: ["the Collector's OTLP over HTTP", another],
  otlpGrpc: ["the Collector's OTLP over gRPC", another],
  collectorHealth: ["the Collector's health", another],
  collectorMetrics: ["the Collector's own metrics", another],
  prometheus: ["Prometheus", another],
  orders: ["the orders service", "Name another in PORT."],
};

/** Rejects with a line for each port that is taken: who has it would pass for the part that is to have it. */
export async function assertFree(ports: Ports): Promise<void> {
  const lines: string[] = [];
  const held: Server[] = [];
  try {
    // Each is held until all are tried: a port that two of them want is taken too.
    for (const [name, [who, fix]] of Object.entries(uses)) {
      const port = ports[name as keyof Ports];
      const server = await listen(port, name === "orders" ? undefined : "127.0.0.1");
      if (server) held.push(server);
      else lines.push(`Port ${port}, for ${who}, is taken. ${fix}`);
    }
  } finally {
    for (const server of held) await once(server.close(), "close");
  }
  if (lines.length > 0) throw new Error(lines.join("\n"));
}

/** A server that has the port, unless another has it. */
async function listen(port: number, host: string | undefined): Promise<Server | undefined> {
  const server = createServer((socket) => socket.destroy());
  try {
    await once(server.listen(port, host), "listening");
    return server;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EADDRINUSE") return undefined;
    throw error;
  }
}
