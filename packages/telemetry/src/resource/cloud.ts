import { createRequire } from "node:module";
import { join } from "node:path";
import { type AttributeValue, type Attributes, context } from "@opentelemetry/api";
import { suppressTracing } from "@opentelemetry/core";
import type { Clock } from "@seaworthy/lifecycle";
import type { Tell } from "../channels.ts";
import type { CloudDetector } from "./choice.ts";

/** What asks a cloud who we are. */
export interface CloudParts {
  readonly clouds: readonly CloudDetector[];
  /** Loads a package that the user has installed. Throws when it is not there. */
  readonly load: (specifier: string) => unknown;
  readonly clock: Clock;
  readonly tell: Tell;
  /** How long a cloud has to answer, in milliseconds. Default 5 000. */
  readonly withinMs?: number;
}

/** What upstream publishes for each. */
const packages: Readonly<Record<CloudDetector, string>> = {
  alibaba: "@opentelemetry/resource-detector-alibaba-cloud",
  aws: "@opentelemetry/resource-detector-aws",
  azure: "@opentelemetry/resource-detector-azure",
  gcp: "@opentelemetry/resource-detector-gcp",
};

/** Loads what an application has installed, as a file in its folder would. */
export const loadFrom = (folder: string): ((specifier: string) => unknown) =>
  createRequire(join(folder, "package.json"));

/**
 * Asks the clouds that were named, by the packages that the user has installed for them. `undefined` when none is to be
 * asked. What is not answered in time, or fails, is left out.
 */
export function askClouds(parts: CloudParts): Promise<Attributes> | undefined {
  const detectors = parts.clouds.flatMap((cloud) => loadDetectors(cloud, parts));
  if (detectors.length === 0) return undefined;
  const asked = context.with(suppressTracing(context.active()), () =>
    detectors.map((detector) => ask(detector, parts)),
  );
  return Promise.all(asked).then((answers): Attributes => Object.assign({}, ...answers) as Attributes);
}

interface Detector {
  readonly cloud: CloudDetector;
  detect(): { readonly attributes?: Readonly<Record<string, unknown>> };
}

function loadDetectors(cloud: CloudDetector, { load, tell }: CloudParts): Detector[] {
  const specifier = packages[cloud];
  try {
    const values: readonly unknown[] = Object.values(load(specifier) as object);
    return values.filter(isDetector).map((detector) => ({ cloud, detect: () => detector.detect() }));
  } catch (error) {
    const isMissing = (error as NodeJS.ErrnoException | undefined)?.code === "MODULE_NOT_FOUND";
    tell({
      level: "warn",
      code: "resource",
      message: isMissing
        ? `OTEL_NODE_RESOURCE_DETECTORS names ${cloud}, and ${specifier} is not installed. Run: npm install ${specifier}`
        : `OTEL_NODE_RESOURCE_DETECTORS names ${cloud}, and ${specifier} cannot be loaded: ${String(error)}. Take it out, or mend it.`,
    });
    return [];
  }
}

const isDetector = (value: unknown): value is Pick<Detector, "detect"> =>
  typeof value === "object" && value !== null && typeof (value as Partial<Detector>).detect === "function";

/** What one detector finds, a failure and a silence included. */
async function ask(detector: Detector, { clock, tell, withinMs = 5_000 }: CloudParts): Promise<Attributes> {
  const late = Promise.withResolvers<undefined>();
  const timer = clock.after(withinMs, () => late.resolve(undefined));
  const inTime = async (value: unknown): Promise<unknown> => Promise.race([value, late.promise]);
  try {
    const { attributes = {} } = detector.detect();
    const entries = Object.entries(attributes).map(async ([key, value]): Promise<readonly [string, unknown]> => [
      key,
      await inTime(value).catch(() => undefined),
    ]);
    const found = (await Promise.all(entries)).filter((entry): entry is [string, AttributeValue] => isValue(entry[1]));
    return Object.fromEntries(found);
  } catch (error) {
    tell({ level: "warn", code: "resource", message: `The detector of ${detector.cloud} failed: ${String(error)}.` });
    return {};
  } finally {
    timer[Symbol.dispose]();
  }
}

const isValue = (value: unknown): boolean =>
  (typeof value === "string" && value !== "") || ["number", "boolean"].includes(typeof value) || Array.isArray(value);
