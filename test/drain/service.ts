import { once } from "node:events";
import type { RequestListener, ServerOptions } from "node:http";
import type { AddressInfo, Server } from "node:net";
import type { TestContext } from "node:test";
import { promisify } from "node:util";
import { type DrainServersOptions, type DrainedServers, drainServers } from "@seaworthy/http";
import { type Lifecycle, type LifecycleOptions, createLifecycle } from "@seaworthy/lifecycle";
import type { Transport } from "./transports.ts";

/** A service of this process, whose servers are found and drained. */
export interface DrainedService {
  readonly lifecycle: Lifecycle;
  readonly servers: DrainedServers;
}

/** A time that no test takes: what is over before half of it did not wait for it. */
export const longMs = 60_000;

/** A service that is ready for work, and whose drain window is over at once unless told otherwise. */
export function drainedService(t: TestContext, options: LifecycleOptions & DrainServersOptions = {}): DrainedService {
  const lifecycle = createLifecycle({
    gracePeriodMs: 2 * longMs,
    drainWindow: { minMs: 0, maxMs: 0, quietMs: 0 },
    ...options,
  });
  const servers = drainServers(lifecycle, options);
  t.after(async () => {
    await lifecycle.stopNow();
    servers[Symbol.dispose]();
  });
  lifecycle.markStarted();
  return { lifecycle, servers };
}

/** A server that listens. */
export interface Listening<AnyServer extends Server> {
  readonly server: AnyServer;
  readonly port: number;
  readonly url: string;
}

/** Listens on a free port of one address, until the test is over. */
export async function listen<AnyServer extends Server>(
  t: TestContext,
  server: AnyServer,
  { port = 0, host = "127.0.0.1", scheme = "http" } = {},
): Promise<Listening<AnyServer>> {
  server.listen(port, host);
  t.after(() => server.close());
  await once(server, "listening");
  const { port: on } = server.address() as AddressInfo;
  return { server, port: on, url: `${scheme}://${host}:${on}` };
}

/** Listens with a new server of that transport, which leaves it to others to close idle sockets. */
export const serve = (
  t: TestContext,
  transport: Transport,
  listener: RequestListener,
  options?: ServerOptions,
): Promise<Listening<ReturnType<Transport["createServer"]>>> =>
  listen(t, transport.createServer(listener, { keepAliveTimeout: 0, ...options }), { scheme: transport.scheme });

/** How many connections a server has accepted and not closed. */
export const connections = (server: Server): Promise<number> => promisify(server.getConnections.bind(server))();
