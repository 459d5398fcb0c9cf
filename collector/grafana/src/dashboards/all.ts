import type { Dashboard } from "@grafana/grafana-foundation-sdk/dashboard";
import { healthDashboard } from "./health.ts";
import { runtimeDashboard } from "./runtime.ts";
import { serviceDashboard } from "./service.ts";
import { telemetryDashboard } from "./telemetry.ts";

/** Every dashboard, by the name of its file. */
export function dashboards(): Readonly<Record<string, Dashboard>> {
  return {
    "service.json": serviceDashboard(),
    "runtime.json": runtimeDashboard(),
    "health.json": healthDashboard(),
    "telemetry.json": telemetryDashboard(),
  };
}
