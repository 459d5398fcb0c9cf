import type { TelemetryNotice } from "./channels.ts";
import { readOtelEnvironment } from "./environment/read-environment.ts";
import type { OtelSettings } from "./environment/settings.ts";
import { type StartTelemetryOptions, assertTelemetryOptions } from "./options.ts";
import { type DetectedResource, detectResource } from "./resource/detect-resource.ts";
import { processSurroundings } from "./resource/surroundings.ts";

/** Who a service is: found once, for its log, which begins before its telemetry does, and for its telemetry. */
export interface Identity {
  readonly serviceName: string;
  readonly settings: OtelSettings;
  readonly detected: DetectedResource;
  /** What there was to tell while nobody could listen yet. */
  readonly notices: readonly TelemetryNotice[];
}

/**
 * Finds out by the options, the environment, a few small files and the pod who a service is. Nothing is opened, and
 * nothing told: `startTelemetry` does both when it is handed what was found.
 *
 * @throws `ERR_SEAWORTHY_OPTION`
 */
export function identify(options: StartTelemetryOptions): Identity {
  assertTelemetryOptions(options);
  const { env = {}, name, version, resourceAttributes: attributes } = options;
  const settings = readOtelEnvironment(env);
  const notices: TelemetryNotice[] = settings.findings.map(({ level, message }) => ({
    level,
    code: "environment",
    message,
  }));
  const tell = (notice: TelemetryNotice): void => void notices.push(notice);
  const detected = detectResource({
    settings,
    surroundings: processSurroundings(env),
    tell,
    name,
    version,
    attributes,
  });
  return { serviceName: String(detected.attributes["service.name"]), settings, detected, notices };
}
