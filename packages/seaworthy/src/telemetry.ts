import { createRequire } from "node:module";
import type { Health } from "@seaworthy/health";
import { type ProbeRoutes, isOwnServer } from "@seaworthy/http";
import type * as TelemetryPackage from "@seaworthy/telemetry";
import type { Telemetry } from "@seaworthy/telemetry";
import type { StartOptions } from "./options.ts";
import { isSdkDisabled } from "./telemetry-off.ts";

/** Starts the telemetry that the options ask for. Where none is wanted, not a file of it is loaded. */
export function openTelemetry(
  health: Health,
  { telemetry = true, name }: StartOptions,
  env: Readonly<NodeJS.ProcessEnv>,
): Telemetry | undefined {
  if (telemetry === false || isSdkDisabled(env)) return undefined;
  const { isUserSdk, startTelemetry } = createRequire(import.meta.url)(
    "@seaworthy/telemetry",
  ) as typeof TelemetryPackage;
  const own = telemetry === true ? {} : isUserSdk(telemetry) ? { sdk: telemetry } : telemetry;
  return startTelemetry(health.lifecycle, { ...(name !== undefined && { name }), ...own, env, health, isOwnServer });
}

/** What telemetry answers on the probe port. */
export const routesOf = (telemetry: Telemetry | undefined): { readonly routes?: ProbeRoutes } =>
  telemetry?.metricsRoute ? { routes: { "/metrics": telemetry.metricsRoute } } : {};
