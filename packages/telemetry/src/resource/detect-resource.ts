import type { Attributes } from "@opentelemetry/api";
import { SDK_INFO } from "@opentelemetry/core";
import { version as distroVersion } from "@seaworthy/lifecycle";
import type { Tell } from "../channels.ts";
import type { OtelSettings } from "../environment/settings.ts";
import { findApplication } from "./application.ts";
import { readContainerFacts } from "./cgroup.ts";
import { choiceOf } from "./choice.ts";
import { instanceIdOf } from "./instance-id.ts";
import { type Pod, detectPod } from "./kubernetes.ts";
import { detectHost, detectOs, detectProcess } from "./machine.ts";
import { detectService, unknownService } from "./service.ts";
import type { Surroundings } from "./surroundings.ts";

/** What a resource is made of. */
export interface ResourceOptions {
  readonly settings: Pick<OtelSettings, "serviceName" | "resourceAttributes" | "resourceDetectors">;
  readonly surroundings: Surroundings;
  readonly tell: Tell;
  /** `service.name`. Default: what the environment says, an annotation, `package.json`, or the workload's name. */
  readonly name?: string | undefined;
  /** `service.version`. Default: what the environment says, an annotation, or `package.json`. */
  readonly version?: string | undefined;
  /** Further attributes, over all others but the name and the version. */
  readonly attributes?: Readonly<Attributes> | undefined;
}

/** What is known of a resource at once. */
export interface DetectedResource {
  readonly attributes: Attributes;
  /** The names of those that somebody has said, and that nothing found out later may change. */
  readonly said: ReadonlySet<string>;
}

/**
 * Finds out who sends the telemetry. It reads a few small files and asks nobody. What the code says goes over what the
 * environment says, that over what an annotation of the pod says, and that over what is detected.
 */
export function detectResource(options: ResourceOptions): DetectedResource {
  const { settings, surroundings, tell } = options;
  const choice = choiceOf(settings.resourceDetectors);
  const { machine, pod } = lookAround(surroundings, choice.runs);
  const said = whatIsSaid(options, pod);
  const attributes: Attributes = {
    "telemetry.sdk.language": SDK_INFO["telemetry.sdk.language"],
    "telemetry.sdk.name": SDK_INFO["telemetry.sdk.name"],
    "telemetry.sdk.version": SDK_INFO["telemetry.sdk.version"],
    "telemetry.distro.name": "seaworthy",
    "telemetry.distro.version": distroVersion,
    ...machine,
    ...detectService(findApplication(surroundings), pod),
    ...said,
  };
  if (choice.runs("serviceinstance")) attributes["service.instance.id"] ??= instanceIdOf(attributes, surroundings);
  if (attributes["service.name"] === unknownService) tellUnknown(tell);
  return { attributes, said: new Set(Object.keys(said)) };
}

function lookAround(
  surroundings: Surroundings,
  runs: ReturnType<typeof choiceOf>["runs"],
): { readonly machine: Attributes; readonly pod: Pod | undefined } {
  const facts = readContainerFacts(surroundings.readText);
  const pod = runs("k8s") ? detectPod(surroundings, facts) : undefined;
  const isInContainer = facts.containerId !== undefined || facts.podUid !== undefined || pod !== undefined;
  return {
    machine: {
      ...(runs("host") && detectHost(surroundings, isInContainer)),
      ...(runs("os") && detectOs(surroundings)),
      ...(runs("process") && detectProcess(surroundings)),
      ...(runs("container") && facts.containerId !== undefined && { "container.id": facts.containerId }),
      ...pod?.attributes,
    },
    pod,
  };
}

function whatIsSaid({ settings, name, version, attributes }: ResourceOptions, pod: Pod | undefined): Attributes {
  const said: Attributes = {
    ...pod?.annotated,
    ...settings.resourceAttributes,
    ...(settings.serviceName !== undefined && { "service.name": settings.serviceName }),
    ...attributes,
    ...(name !== undefined && { "service.name": name }),
    ...(version !== undefined && { "service.version": version }),
  };
  // An empty text says nothing.
  return Object.fromEntries(Object.entries(said).filter(([, value]) => value !== undefined && value !== ""));
}

function tellUnknown(tell: Tell): void {
  tell({
    level: "warn",
    code: "resource",
    message:
      `Nothing says what this service is called, so its telemetry goes by "${unknownService}", as that of all such. ` +
      "Pass name, or set OTEL_SERVICE_NAME.",
  });
}
