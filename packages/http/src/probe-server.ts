import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { Health } from "@seaworthy/health";
import { messageOf } from "@seaworthy/lifecycle";
import { portError } from "./port-error.ts";
import { preStopRoute } from "./pre-stop.ts";
import { handleWith } from "./probe-handler.ts";
import { type ProbeListener, createProbeListener } from "./probe-listener.ts";
import { type ProbeServerOptions, resolveProbeServerOptions } from "./probe-server-options.ts";
import { type ProbeThread, ThreadLost, startProbeThread } from "./probe-thread.ts";
import { ownServers } from "./own-servers.ts";

/** A server that answers probes and nothing else. It does not hold the process open. */
export interface ProbeServer extends AsyncDisposable {
  /** The server, where it is on this thread. */
  readonly server: Server | undefined;
  /** Where it listens; never, when a stop came first. Rejects with `ERR_SEAWORTHY_PROBE_PORT` when it cannot. */
  readonly whenListening: Promise<AddressInfo>;
}

/**
 * Opens the probe server at once, on a thread of its own unless told otherwise, and closes it when the process stops.
 * A thread that cannot be had, or is lost, gives way to a server on this one, with a `probe-thread` notice.
 *
 * @throws `ERR_SEAWORTHY_OPTION`
 */
export function serveProbes(health: Health, options: ProbeServerOptions = {}): ProbeServer {
  const { lifecycle } = health;
  const resolved = resolveProbeServerOptions(options);
  const { host, port, probes, limits } = resolved;
  const routes = {
    ...resolved.routes,
    ...(probes.preStopPath !== false && { [probes.preStopPath]: preStopRoute(lifecycle, probes.preStopToken) }),
  };
  const tell = (code: string, message: string): void => void lifecycle.publish("notice", { code, message });

  const openHere = (): ProbeListener => {
    const handle = handleWith(health, options, routes);
    const listener = createProbeListener((request, response) => void handle(request, response), lifecycle.clock);
    // An error after it listens is no reason to end the process of the application.
    listener.server.on("error", (error) => {
      if (listener.server.listening) tell("probe-port", `The probe server met an error: ${messageOf(error)}.`);
    });
    ownServers.add(listener.server);
    return listener;
  };
  const openThread = (): ProbeThread | undefined => {
    try {
      return startProbeThread(health, routes, { paths: probes.paths, showReasons: probes.showReasons }, limits);
    } catch (error) {
      tellLost(error);
      return undefined;
    }
  };
  const tellLost = (error: unknown): void => {
    const cause = error instanceof ThreadLost && error.cause !== undefined ? ` ${messageOf(error.cause)}` : "";
    tell(
      "probe-thread",
      `The probe thread is lost (${messageOf(error)}${cause}): probes are answered on the main thread now, and not ` +
        "while that is blocked. Turn the thread off if it cannot be had here.",
    );
  };

  // Before anything is open: a second one in the same life is refused here.
  const hook = lifecycle.onStop("probe server", () => close());
  const thread = resolved.thread ? openThread() : undefined;
  let here = thread ? undefined : openHere();
  let closing = false;

  const listen = async (on: number): Promise<AddressInfo> => {
    if (here || !thread) return (here ??= openHere()).listen(on, host);
    try {
      return await thread.listen(on, host);
    } catch (error) {
      if (closing || !(error instanceof ThreadLost)) throw error;
      return takeOver(error, on);
    }
  };
  const takeOver = (lost: ThreadLost, on: number): Promise<AddressInfo> => {
    tellLost(lost);
    here = openHere();
    return here.listen(on, host);
  };
  const fallBack = async (error: NodeJS.ErrnoException): Promise<AddressInfo> => {
    if (closing) throw error;
    if (error.code !== "EADDRINUSE" || !(resolved.onPortInUse === "fallback" || isChild())) {
      const refused = portError(error, port, host);
      tell("probe-port", refused.message);
      throw refused;
    }
    const address = await listen(0);
    tell(
      "probe-port",
      `Port ${port} is in use: the probes are on port ${address.port}. Set another probe port, or stop the other process.`,
    );
    return address;
  };

  const opening = listen(port)
    .catch(fallBack)
    .finally(() => thread?.unref());
  let settled: Promise<unknown> = opening.catch(() => {});
  // Like `whenStarted`, it does not come when a stop comes first.
  const whenListening = opening.catch((error: unknown) => {
    if (closing) return new Promise<never>(() => {});
    throw error;
  });
  whenListening.catch(() => {});
  void thread?.whenLost.then(async (lost) => {
    const address = await opening.catch(() => undefined);
    if (here || closing || !address) return;
    settled = takeOver(lost, address.port)
      .catch(fallBack)
      .catch(() => {});
  });

  const close = async (): Promise<void> => {
    closing = true;
    if (!here) await thread?.close();
    await settled;
    await here?.close();
  };
  return {
    get server() {
      return here?.server;
    },
    whenListening,
    async [Symbol.asyncDispose]() {
      hook[Symbol.dispose]();
      await close();
    },
  };
}

/**
 * Whether the process was forked, as the workers of a cluster are: those of one pod cannot all have the port, and one of
 * them losing it must not end the others' service.
 */
const isChild = (): boolean => process.send !== undefined;
