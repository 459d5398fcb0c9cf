type Environment = Readonly<NodeJS.ProcessEnv>;

/** Whether the specification's own switch turns telemetry off, whatever the code says. */
export const isSdkDisabled = (env: Environment): boolean => env["OTEL_SDK_DISABLED"]?.trim().toLowerCase() === "true";

/** Whether the environment alone turns it off. */
export const isTelemetryOff = (env: Environment): boolean =>
  isSdkDisabled(env) || env["SEAWORTHY_TELEMETRY"]?.trim() === "false";
