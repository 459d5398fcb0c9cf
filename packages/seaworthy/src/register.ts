import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { createRequire } from "node:module";
import type { Server } from "node:net";
import { isMainThread } from "node:worker_threads";
import type * as Arm from "@seaworthy/telemetry/arm";
import { environment } from "./environment.ts";
import { isTelemetryOff } from "./telemetry-off.ts";
import type * as ZeroCode from "./zero-code.ts";

/*
 * Under NODE_OPTIONS every Node process loads this file: package managers, build tools, child processes. Most of them
 * never serve, so it opens nothing and says nothing until a server of HTTP listens on a TCP port, and loads only what
 * sees libraries being loaded, which would be too late then.
 */
const listenChannel = "tracing:net.server.listen:asyncEnd";

const require = createRequire(import.meta.url);

function onListen(message: unknown): void {
  const { server } = message as { server: Server };
  const speaksHttp = "closeIdleConnections" in server || "updateSettings" in server;
  if (!speaksHttp || typeof server.address() === "string") return;
  unsubscribe(listenChannel, onListen);
  const { serveZeroCode } = require("#zero-code") as typeof ZeroCode;
  serveZeroCode(server);
}

function arm(): void {
  try {
    (require("@seaworthy/telemetry/arm") as typeof Arm).armEarly();
  } catch {
    // Few of these processes have anything to do with us. In one that serves, telemetry says what is wrong.
  }
}

if (isMainThread) {
  subscribe(listenChannel, onListen);
  if (!isTelemetryOff(environment())) arm();
}
