import { createRequire } from "node:module";
import type { Health } from "@seaworthy/health";
import { type ProbeRoutes, isOwnServer } from "@seaworthy/http";
import { SeaworthyError, messageOf } from "@seaworthy/lifecycle";
import type * as TelemetryPackage from "@seaworthy/telemetry";
import type { Identity, StartTelemetryOptions, Telemetry } from "@seaworthy/telemetry";
import type { Logger } from "./log.ts";
import type { StartOptions } from "./options.ts";
import { disarm, isSdkDisabled } from "./telemetry-off.ts";

/** Telemetry that is loaded, and not open yet. */
export interface PreparedTelemetry {
  /** What the service goes by in its telemetry; `undefined` where that cannot be found out. */
  readonly serviceName: string | undefined;
  /** Starts it. */
  open(health: Health, log: Logger): Telemetry | undefined;
}

/**
 * Loads the telemetry that the options ask for, and has it find out who the service is: its log says the same. Where none
 * is wanted, not a file of it is loaded.
 *
 * @throws `ERR_SEAWORTHY_OPTION`
 */
export function prepareTelemetry(
  { telemetry = true, name, probePort }: StartOptions,
  env: Readonly<NodeJS.ProcessEnv>,
): PreparedTelemetry | undefined {
  if (telemetry === false || isSdkDisabled(env)) {
    disarm();
    return undefined;
  }
  const loaded = attempt(() => createRequire(import.meta.url)("@seaworthy/telemetry") as typeof TelemetryPackage);
  if ("error" in loaded) return { serviceName: undefined, open: (_health, log) => tellMissing(log, loaded.error) };
  const { identify, isUserSdk, startTelemetry } = loaded.value;
  const own = telemetry === true ? {} : isUserSdk(telemetry) ? { sdk: telemetry } : telemetry;
  const options: StartTelemetryOptions = { ...(name !== undefined && { name }), ...own, env };
  const found = attempt((): Identity => identify(options));
  const identity = "value" in found ? found.value : undefined;
  return {
    serviceName: identity?.serviceName,
    open: (health) =>
      startTelemetry(health.lifecycle, {
        ...options,
        ...(identity && { identity }),
        health,
        hasProbePort: probePort !== false,
        isOwnServer,
      }),
  };
}

/** What a part of telemetry gives, or why it fails: that is never the service's failure, unless its options are wrong. */
function attempt<Value>(part: () => Value): { readonly value: Value } | { readonly error: unknown } {
  try {
    return { value: part() };
  } catch (error) {
    if (error instanceof SeaworthyError) throw error;
    return { error };
  }
}

function tellMissing(log: Logger, error: unknown): undefined {
  const [why] = messageOf(error).split("\n");
  log.error(
    { telemetry: "start" },
    `Telemetry could not be loaded, and the service runs without it: ${why}. Install seaworthy and @opentelemetry/api anew.`,
  );
}

/** What telemetry answers on the probe port. */
export const routesOf = (telemetry: Telemetry | undefined): { readonly routes?: ProbeRoutes } =>
  telemetry?.metricsRoute ? { routes: { "/metrics": telemetry.metricsRoute } } : {};
