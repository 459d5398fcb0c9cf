// Probes
export { type HandledRequest, type ProbeHandler, type ProbeResponse, probeHandler } from "./probe-handler.ts";
export { type ProbeServer, type ProbeServerOptions, probeServerDefaults, serveProbes } from "./probe-server.ts";
export { type ProbeOptions, type ResolvedProbeOptions, probeDefaults, resolveProbeOptions } from "./probe-options.ts";
export { type ProbeAnswer, type ProbeRequest, answerRequest } from "./probe-answer.ts";

// Servers and their drain
export { type DrainServersOptions, type DrainedServers, drainDefaults, drainServers } from "./discovery.ts";
export { type HttpServer, describeAddress } from "./http-server.ts";

// What it tells
export { type HttpEvents, httpChannels } from "./channels.ts";
export { type HttpErrorCode, httpErrorCodes } from "./errors.ts";
