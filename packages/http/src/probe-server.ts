import { type Server, createServer } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import type { Health } from "@seaworthy/health";
import { SeaworthyError, messageOf, optionError } from "@seaworthy/lifecycle";
import type { HttpErrorCode } from "./errors.ts";
import { probeHandler } from "./probe-handler.ts";
import type { ProbeOptions } from "./probe-options.ts";

/** Options of the probe server. */
export interface ProbeServerOptions extends ProbeOptions {
  /** The port; 0 picks a free one. Default 9464, the one OpenTelemetry has for Prometheus. */
  readonly port?: number;
  /** The address to listen on. Default: all of them, IPv6 and IPv4. */
  readonly host?: string;
  /** Whether a port in use is an error (`fail`), or another one is picked and told (`fallback`). Default `fail`. */
  readonly onPortInUse?: "fail" | "fallback";
}

/** The defaults of {@link ProbeServerOptions}, beside those of `ProbeOptions`. */
export const probeServerDefaults = {
  port: 9464,
  host: undefined,
  onPortInUse: "fail",
} as const;

/** A server that answers probes and nothing else. It does not hold the process open. */
export interface ProbeServer extends AsyncDisposable {
  readonly server: Server;
  /** Where it listens. Rejects with `ERR_SEAWORTHY_PROBE_PORT` when it cannot. */
  readonly whenListening: Promise<AddressInfo>;
}

/** What one asker, or a stranger, can take of it. */
const limits = {
  maxHeaderSize: 8 * 1_024,
  headersTimeout: 5_000,
  requestTimeout: 5_000,
  connectionsCheckingInterval: 1_000,
} as const;
const mostConnections = 64;

/** Opens the probe server at once and closes it when the process stops. @throws `ERR_SEAWORTHY_OPTION` */
export function serveProbes(health: Health, options: ProbeServerOptions = {}): ProbeServer {
  const { lifecycle } = health;
  const { port = probeServerDefaults.port, host, onPortInUse = probeServerDefaults.onPortInUse } = options;
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    throw optionError("port", "a whole number from 0 to 65535", port, "Leave it out for 9464; 0 picks a free port.");
  }
  if (onPortInUse !== "fail" && onPortInUse !== "fallback") {
    throw optionError("onPortInUse", '"fail" or "fallback"', onPortInUse, "Leave it out for fail.");
  }
  const handle = probeHandler(health, options);
  const server = createServer(limits, (request, response) => handle(request, response));
  const sockets = evictOldest(server);

  const listen = (on: number): Promise<AddressInfo> =>
    new Promise((resolve, reject) => {
      // For good: an error after this is no reason to end the process of the application.
      server.on("error", reject);
      // Exclusive, or the workers of a cluster would answer for each other.
      server.listen({ port: on, exclusive: true, ...(host !== undefined && { host }) }, () => {
        resolve(server.address() as AddressInfo);
      });
      server.unref();
    });

  const tell = (message: string): void => void lifecycle.publish("notice", { code: "probe-port", message });
  const fallBack = async (error: NodeJS.ErrnoException): Promise<AddressInfo> => {
    if (error.code !== "EADDRINUSE" || !(onPortInUse === "fallback" || (await isClusterWorker()))) {
      const refused = portError(error, port, host);
      tell(refused.message);
      throw refused;
    }
    const address = await listen(0);
    tell(
      `Port ${port} is in use: the probes are on port ${address.port}. Set another probe port, or stop the other process.`,
    );
    return address;
  };

  const close = async (): Promise<void> => {
    await whenListening.catch(() => {});
    if (!server.listening) return;
    // A probe that is on its way is accepted rather than reset with the listener.
    await lifecycle.clock.turn();
    const closed = new Promise((resolve) => void server.close(resolve));
    for (const socket of sockets) socket.destroySoon();
    await closed;
  };
  // Before anything is open: a second one in the same life is refused here.
  const hook = lifecycle.onStop("probe server", close);
  const whenListening = listen(port).catch(fallBack);
  whenListening.then(
    () => server.on("error", (error) => tell(`The probe server met an error: ${messageOf(error)}.`)),
    () => {},
  );
  return {
    server,
    whenListening,
    async [Symbol.asyncDispose]() {
      hook[Symbol.dispose]();
      await close();
    },
  };
}

/** Keeps the number of connections bounded by ending the oldest: whoever parks sockets cannot keep the kubelet out. */
function evictOldest(server: Server): ReadonlySet<Socket> {
  const sockets = new Set<Socket>();
  server.on("connection", (socket) => {
    sockets.add(socket);
    socket.unref();
    socket.once("close", () => sockets.delete(socket));
    const [oldest] = sockets;
    if (sockets.size <= mostConnections || !oldest) return;
    // At once, not when it has closed: a burst is accepted in one go, and each has to end another one.
    sockets.delete(oldest);
    oldest.destroy();
  });
  return sockets;
}

/** The workers of a cluster cannot all have the port; one of them losing it must not end the others' service. */
async function isClusterWorker(): Promise<boolean> {
  const { default: cluster } = await import("node:cluster");
  return cluster.isWorker;
}

function portError(cause: NodeJS.ErrnoException, port: number, host: string | undefined): SeaworthyError {
  const code: HttpErrorCode = "ERR_SEAWORTHY_PROBE_PORT";
  const inUse = cause.code === "EADDRINUSE";
  return new SeaworthyError(
    code,
    {
      expected: `to listen for probes on ${host ?? "all addresses"}, port ${port}`,
      got: inUse ? "a port that another server has (EADDRINUSE)" : cause.message,
      fix: inUse
        ? "Set another probe port here and in the pod's probes, or move the other server."
        : "Set a probe host and port that this process may listen on.",
    },
    { cause },
  );
}
