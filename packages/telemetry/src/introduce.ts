import type { Resource } from "@opentelemetry/resources";
import type { Tell } from "./channels.ts";
import type { OtelSettings } from "./environment/settings.ts";
import { shownUrl } from "./exporters/shown-url.ts";
import type { ArmedLibrary } from "./instrumentation/armed-library.ts";
import { type PipelineName, pipelineNames } from "./pipelines/tally.ts";

/** What the line at start tells of. */
export interface Introduction {
  readonly settings: OtelSettings;
  readonly resource: Resource;
  readonly hasMetricsRoute: boolean;
  readonly armed: readonly ArmedLibrary[];
  readonly tell: Tell;
}

/** Says in one line what is recorded, of whom, and where it goes. */
export function introduce({ settings, resource, hasMetricsRoute, armed, tell }: Introduction): void {
  const { "service.name": name, "service.version": version } = resource.attributes;
  const service = [name, version]
    .map((part) => (typeof part === "string" ? part : ""))
    .join(" ")
    .trim();
  const loaded = armed.filter(({ state }) => state === "armed").map(({ library }) => library);
  const parts = [
    ...waysOf(settings),
    ...(hasMetricsRoute ? ["/metrics on the probe port"] : []),
    `HTTP${loaded.length > 0 ? `, ${loaded.join(", ")}` : ""} recorded, other libraries when they are loaded`,
  ];
  tell({ level: "info", code: "start", message: `Telemetry of ${service}: ${parts.join("; ")}.` });
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
