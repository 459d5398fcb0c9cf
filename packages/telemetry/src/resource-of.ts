import type { Resource } from "@opentelemetry/resources";
import type { Lifecycle } from "@seaworthy/lifecycle";
import type { Tell } from "./channels.ts";
import type { OtelSettings } from "./environment/settings.ts";
import type { StartTelemetryOptions } from "./options.ts";
import { choiceOf } from "./resource/choice.ts";
import { askClouds, loadFrom } from "./resource/cloud.ts";
import { createResource } from "./resource/create-resource.ts";
import { detectResource } from "./resource/detect-resource.ts";
import { processSurroundings } from "./resource/surroundings.ts";

/** What sends the telemetry of a service. Clouds are asked only where the environment names them. */
export function resourceOf(
  settings: OtelSettings,
  { name, version, resourceAttributes: attributes, env = {} }: StartTelemetryOptions,
  { clock }: Lifecycle,
  tell: Tell,
): Resource {
  const surroundings = processSurroundings(env);
  const detected = detectResource({ settings, surroundings, tell, name, version, attributes });
  const { clouds } = choiceOf(settings.resourceDetectors);
  return createResource(detected, askClouds({ clouds, load: loadFrom(surroundings.cwd), clock, tell }));
}
