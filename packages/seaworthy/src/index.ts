// The one line
export { service, start } from "./start.ts";
export type { Service } from "./service.ts";
export { type StartOptions, seaworthyDefaults } from "./options.ts";
export { seaworthyEnvironment } from "./settings.ts";
export type { Logger } from "./log.ts";

// What a service meets
export { SeaworthyError, lifecycleChannels, lifecycleErrorCodes } from "@seaworthy/lifecycle";
export type { Hook, HookContext, HookOptions, Phase, Report, StopReason, Work } from "@seaworthy/lifecycle";
export { healthChannels, healthErrorCodes } from "@seaworthy/health";
export type { Check, CheckContext, CheckOptions, CheckReporter, Gate, PushCheckOptions } from "@seaworthy/health";
export { httpChannels, httpErrorCodes } from "@seaworthy/http";
export type { ProbeHandler, ProbeOptions } from "@seaworthy/http";
export { type SeaworthyErrorCode, seaworthyErrorCodes } from "./errors.ts";
