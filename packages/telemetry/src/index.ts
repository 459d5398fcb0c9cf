// The telemetry of one life
export { startTelemetry } from "./start-telemetry.ts";
export { type Identity, identify } from "./identify.ts";
export type { Telemetry } from "./telemetry.ts";
export { type StartTelemetryOptions, type TelemetryOptions, telemetryDefaults } from "./options.ts";
export { type UserSdk, isUserSdk } from "./node-sdk/user-sdk.ts";
export type { PipelineCounts, PipelineName } from "./pipelines/tally.ts";
export type { MetricsAnswer, MetricsRequest, MetricsRoute } from "./prometheus/metrics-answer.ts";

// What it is told
export { setHttpRoute } from "./http/route.ts";
export type { IgnorableRequest } from "./http/server.ts";

// What it reads
export { type OtelVariable, otelEnvironment } from "./environment/documentation.ts";

// What it tells
export { type TelemetryEvents, type TelemetryNotice, type TelemetryNoticeCode, telemetryChannels } from "./channels.ts";
export { type TelemetryErrorCode, telemetryErrorCodes } from "./errors.ts";
