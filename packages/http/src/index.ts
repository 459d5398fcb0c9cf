// Probes
export { type HandledRequest, type ProbeHandler, probeHandler } from "./probe-handler.ts";
export { type ProbeServer, serveProbes } from "./probe-server.ts";
export {
  type ProbeServerOptions,
  type ResolvedProbeServerOptions,
  probeServerDefaults,
  resolveProbeServerOptions,
} from "./probe-server-options.ts";
export type { ProbeRoute, ProbeRoutes, RouteAnswer, RouteRequest } from "./probe-routes.ts";
export { type ProbeOptions, type ResolvedProbeOptions, probeDefaults, resolveProbeOptions } from "./probe-options.ts";
export { type ProbeAnswer, type ProbeRequest, answerRequest } from "./probe-answer.ts";
export type { ProbeResponse } from "./write-answer.ts";
export { isOwnServer } from "./own-servers.ts";
export type { Stall } from "./probe-messages.ts";

// Servers and their drain
export { type DrainedServers, drainServers } from "./discovery.ts";
export { type DrainServersOptions, drainDefaults } from "./drain-options.ts";
export type { LongLivedResponse } from "./long-lived-response.ts";
export type { WebSocketClient, WebSocketServer } from "./drain/web-socket-server.ts";
export { type HttpServer, describeAddress } from "./http-server.ts";

// What it tells
export { type HttpEvents, httpChannels } from "./channels.ts";
export { type HttpErrorCode, httpErrorCodes } from "./errors.ts";
