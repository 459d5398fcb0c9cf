import { type Lifecycle, messageOf } from "@seaworthy/lifecycle";
import { tell } from "./channels.ts";
import { identify } from "./identify.ts";
import { disarm } from "./instrumentation/early.ts";
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
  const telemetry = open(lifecycle, options);
  // Patches of libraries would only cost, or record a second time what another SDK records.
  if (telemetry === noTelemetry) disarm();
  return telemetry;
}

function open(lifecycle: Lifecycle, options: StartTelemetryOptions): Telemetry {
  const settled = settleOptions(options);
  try {
    if (options.sdk) return adoptSdk(lifecycle, options.sdk, settled);
    const identity = options.identity ?? identify(options);
    const { disabled } = identity.settings;
    for (const notice of identity.notices) if (!disabled || notice.code === "environment") tell(notice);
    return disabled ? noTelemetry : openSdk(lifecycle, identity, settled);
  } catch (error) {
    const message = `Telemetry could not be started, and the service runs without it: ${messageOf(error)}`;
    tell({ level: "error", code: "start", message });
    return noTelemetry;
  }
}
