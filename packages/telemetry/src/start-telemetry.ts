import { type Lifecycle, messageOf } from "@seaworthy/lifecycle";
import { tell } from "./channels.ts";
import { readOtelEnvironment } from "./environment/read-environment.ts";
import { adoptSdk } from "./node-sdk/adopt.ts";
import { type StartTelemetryOptions, assertTelemetryOptions, settleOptions } from "./options.ts";
import { openSdk } from "./own-sdk.ts";
import { type Telemetry, noTelemetry } from "./telemetry.ts";

/**
 * Starts the three pipelines of a life, or takes charge of an SDK that the application has built. They are flushed when
 * all else has stopped. Options that make no sense are refused; whatever else goes wrong is told and leaves the service
 * without telemetry, never without service.
 *
 * @throws `ERR_SEAWORTHY_OPTION`
 */
export function startTelemetry(lifecycle: Lifecycle, options: StartTelemetryOptions = {}): Telemetry {
  assertTelemetryOptions(options);
  const settled = settleOptions(options);
  try {
    if (options.sdk) return adoptSdk(lifecycle, options.sdk, settled);
    const settings = readOtelEnvironment(options.env ?? {});
    for (const { level, message } of settings.findings) tell({ level, code: "environment", message });
    return settings.disabled ? noTelemetry : openSdk(lifecycle, settings, settled);
  } catch (error) {
    const message = `Telemetry could not be started, and the service runs without it: ${messageOf(error)}`;
    tell({ level: "error", code: "start", message });
    return noTelemetry;
  }
}
