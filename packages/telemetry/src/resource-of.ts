import type { Resource } from "@opentelemetry/resources";
import type { Lifecycle } from "@seaworthy/lifecycle";
import type { Tell } from "./channels.ts";
import type { Identity } from "./identify.ts";
import { choiceOf } from "./resource/choice.ts";
import { askClouds, loadFrom } from "./resource/cloud.ts";
import { createResource } from "./resource/create-resource.ts";

/** What sends the telemetry of a service. Clouds are asked only where the environment names them. */
export function resourceOf({ settings, detected }: Identity, { clock }: Lifecycle, tell: Tell): Resource {
  const { clouds } = choiceOf(settings.resourceDetectors);
  return createResource(detected, askClouds({ clouds, load: loadFrom(process.cwd()), clock, tell }));
}
