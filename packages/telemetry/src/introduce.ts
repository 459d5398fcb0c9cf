import type { Resource } from "@opentelemetry/resources";
import type { Tell } from "./channels.ts";
import type { OtelSettings } from "./environment/settings.ts";
import { shownUrl } from "./exporters/shown-url.ts";
import type { ArmedLibrary } from "./instrumentation/armed-library.ts";
import type { OwnParts } from "./instrumentation/own-parts.ts";
import { type PipelineName, pipelineNames } from "./pipelines/tally.ts";

/** What the line at start tells of. */
export interface Introduction {
  readonly settings: OtelSettings;
  readonly resource: Resource;
  /** Whether there is something to answer scrapes with. */
  readonly hasMetricsRoute: boolean;
  /** Whether there is a port to answer them on. */
  readonly hasProbePort: boolean;
  readonly armed: readonly ArmedLibrary[];
  /** What is recorded without a library. */
  readonly ownParts: OwnParts;
  readonly tell: Tell;
}

/** Says in one line what is recorded, of whom, and where it goes. */
export function introduce(introduction: Introduction): void {
  const { settings, resource, hasMetricsRoute, hasProbePort, armed, ownParts, tell } = introduction;
  const { "service.name": name, "service.version": version } = resource.attributes;
  const service = [name, version]
    .map((part) => (typeof part === "string" ? part : ""))
    .join(" ")
    .trim();
  const loaded = armed.filter(({ state }) => state === "armed").map(({ library }) => library);
  const parts = [
    ...waysOf(settings),
    ...(hasMetricsRoute ? [hasProbePort ? "/metrics on the probe port" : "no /metrics, for want of a probe port"] : []),
    recordedOf(ownParts, loaded),
    ...offOf(ownParts),
  ];
  tell({ level: "info", code: "start", message: `Telemetry of ${service}: ${parts.join("; ")}.` });
}

function recordedOf({ http, undici }: OwnParts, loaded: readonly string[]): string {
  const own = http ? ["HTTP"] : undici ? ["fetch and undici"] : [];
  const recorded = [...own, ...loaded];
  if (recorded.length === 0) return "libraries are recorded when they are loaded";
  return `${recorded.join(", ")} recorded, other libraries when they are loaded`;
}

function offOf(ownParts: OwnParts): string[] {
  const off = Object.entries(ownParts).flatMap(([name, isOn]) => (isOn ? [] : [name]));
  return off.length === 0 ? [] : [`${off.join(", ")} turned off`];
}

/** Pipelines that go the same way are told of together. */
function waysOf(settings: OtelSettings): string[] {
  const byWay = Map.groupBy(pipelineNames, (pipeline) => wayOf(settings, pipeline));
  return [...byWay].flatMap(([way, pipelines]) => (way === undefined ? [] : [`${listed(pipelines)} ${way}`]));
}

/** Where one is pushed to; `undefined` where it only waits to be asked for. */
function wayOf({ exporters, otlp }: OtelSettings, pipeline: PipelineName): string | undefined {
  const names = exporters[pipeline];
  const ways = [
    ...(names.includes("otlp") ? [`to ${baseOf(otlp[pipeline].url)} (${otlp[pipeline].protocol})`] : []),
    ...(names.includes("console") ? ["to the console"] : []),
  ];
  if (ways.length > 0) return ways.join(" and ");
  return names.includes("prometheus") ? undefined : "off";
}

/** The endpoint, less what the pipeline adds to it and what is secret in it. */
function baseOf(url: string): string {
  if (!/^https?:/i.test(url) || !URL.canParse(url)) return shownUrl(url);
  const { protocol, host, pathname } = new URL(url);
  return `${protocol}//${host}${pathname.replace(/\/(v1\/(traces|metrics|logs))?$/, "")}`;
}

const listed = (names: readonly string[]): string =>
  names.length < 2 ? names.join("") : `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;
