type Environment = Readonly<NodeJS.ProcessEnv>;

/** Whether the specification's own switch turns telemetry off, whatever the code says. */
export const isSdkDisabled = (env: Environment): boolean => env["OTEL_SDK_DISABLED"]?.trim().toLowerCase() === "true";

/** Whether the environment alone turns it off. */
export const isTelemetryOff = (env: Environment): boolean =>
  isSdkDisabled(env) || env["SEAWORTHY_TELEMETRY"]?.trim() === "false";

/** Where `@seaworthy/telemetry` keeps what `seaworthy/register` has armed; a name is all that is shared. */
const armedKey = Symbol.for("seaworthy.telemetry.armed");

/** Takes the instrumentations of libraries out again, where they came before the code that turns telemetry off. */
export function disarm(): void {
  const registry = globalThis as { [armedKey]?: Disposable };
  registry[armedKey]?.[Symbol.dispose]();
  delete registry[armedKey];
}
