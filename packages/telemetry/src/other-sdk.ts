import { createRequire } from "node:module";
import { version } from "@seaworthy/lifecycle";
import type { Tell } from "./channels.ts";

/**
 * The packages that bring an SDK, or an agent, of their own, and what they are called. The first that is found counts: what
 * has others inside it, or depends on them, stands before them.
 */
const agents: readonly (readonly [RegExp, string])[] = [
  [/[\\/]otel-auto-instrumentation[^\\/]*[\\/]/, "the injection of the OpenTelemetry operator"],
  [/[\\/]@elastic[\\/]opentelemetry-node[\\/]/, "@elastic/opentelemetry-node"],
  [/[\\/]@splunk[\\/]otel[\\/]/, "@splunk/otel"],
  [/[\\/]@azure[\\/]monitor-opentelemetry[\\/]/, "@azure/monitor-opentelemetry"],
  [/[\\/]@aws[\\/]aws-distro-opentelemetry-node-autoinstrumentation[\\/]/, "the AWS distribution of OpenTelemetry"],
  [/[\\/]@honeycombio[\\/]opentelemetry-node[\\/]/, "@honeycombio/opentelemetry-node"],
  [/[\\/]@hyperdx[\\/]node-opentelemetry[\\/]/, "@hyperdx/node-opentelemetry"],
  [/[\\/]@sentry[\\/](node|opentelemetry)[\\/]/, "@sentry/node"],
  [/[\\/]dd-trace[\\/]/, "dd-trace"],
  [/[\\/]newrelic[\\/]/, "newrelic"],
  [/[\\/]elastic-apm-node[\\/]/, "elastic-apm-node"],
  [/[\\/]@dynatrace[\\/]/, "Dynatrace"],
  [/[\\/]@opentelemetry[\\/]auto-instrumentations-node[\\/]/, "@opentelemetry/auto-instrumentations-node"],
  [/[\\/]@opentelemetry[\\/]sdk-node[\\/]/, "@opentelemetry/sdk-node"],
];

/** The global that every copy of `@opentelemetry/api` meets in. */
const apiKey = Symbol.for("opentelemetry.js.api.1");

interface ApiGlobal {
  readonly version?: string;
  readonly trace?: unknown;
  readonly metrics?: unknown;
  readonly logs?: unknown;
  readonly context?: unknown;
  readonly propagation?: unknown;
}

/** Where this package says that the API is held by it: a copy of it cannot be told from another by its files. */
const ownKey = Symbol.for("seaworthy.telemetry");

/** Says so, for the sake of another copy. */
export function markAsOurs(): Disposable {
  const holder = globalThis as { [ownKey]?: string };
  holder[ownKey] = version;
  return { [Symbol.dispose]: () => void delete holder[ownKey] };
}

/** An SDK that was registered before. */
export interface OtherSdk {
  /** Who it is, as far as can be known. */
  readonly name: string;
  /** What it has taken, such as `trace`. */
  readonly registered: readonly string[];
  readonly apiVersion: string;
}

/** Who holds the API already, or `undefined` when it is free. */
export function findOtherSdk(): OtherSdk | undefined {
  const api = (globalThis as { [apiKey]?: ApiGlobal })[apiKey];
  const registered = (["trace", "metrics", "logs"] as const).filter((name) => api?.[name] !== undefined);
  if (registered.length === 0) return undefined;
  return {
    name: nameOfOurs() ?? nameOfOther(hints()) ?? nameByResource(api) ?? "another OpenTelemetry SDK",
    registered,
    apiVersion: api?.version ?? "unknown",
  };
}

/** Whether somebody has registered a part with the API that is no provider. */
export const isHeld = (name: "context" | "propagation"): boolean =>
  (globalThis as { [apiKey]?: ApiGlobal })[apiKey]?.[name] !== undefined;

/** Whether what is behind the API is one of these providers. */
export function isRegistered(providers: readonly unknown[]): boolean {
  const api = (globalThis as { [apiKey]?: ApiGlobal })[apiKey];
  const held = [api?.trace, api?.metrics, api?.logs].map(providerBehind).filter((provider) => provider !== undefined);
  return held.some((provider) => providers.includes(provider));
}

function nameOfOurs(): string | undefined {
  const ours = (globalThis as { [ownKey]?: string })[ownKey];
  return ours === undefined ? undefined : `another copy of @seaworthy/telemetry (${ours})`;
}

/** For what left no file behind that can be seen, as ES modules do. */
function nameByResource(api: ApiGlobal | undefined): string | undefined {
  for (const registered of [api?.trace, api?.metrics]) {
    const provider = providerBehind(registered);
    const resource = part(provider, "_resource") ?? part(part(provider, "_sharedState"), "resource");
    const attributes = part(resource, "attributes");
    const distribution = part(attributes, "telemetry.distro.name");
    if (typeof distribution === "string") return distribution;
    const [sdk, service] = [part(attributes, "telemetry.sdk.version"), part(attributes, "service.name")];
    if (typeof sdk === "string" && typeof service === "string") {
      return `another OpenTelemetry SDK (${sdk}, of the service ${service})`;
    }
  }
  return undefined;
}

/** The API hands out a stand-in for what is registered with it. */
function providerBehind(registered: unknown): unknown {
  for (const name of ["getDelegate", "_getDelegate"]) {
    const delegate = part(registered, name);
    if (typeof delegate === "function") return (delegate as (this: unknown) => unknown).call(registered);
  }
  return registered;
}

const part = (of: unknown, name: string): unknown =>
  typeof of === "object" && of !== null ? (of as Readonly<Record<string, unknown>>)[name] : undefined;

/** An agent that does not register with the API, but patches the same libraries. */
export function findAgent(): string | undefined {
  const name = nameOfOther(hints());
  return name !== undefined && /dd-trace|newrelic|elastic-apm|Dynatrace/.test(name) ? name : undefined;
}

/** Reads a stack, or the list of what was loaded, for the name of a package that brings an SDK. */
export const nameOfOther = (text: string): string | undefined => agents.find(([path]) => path.test(text))?.[1];

/** Loaded files and the flags that load some first. */
function hints(): string {
  const flags = process.execArgv.map((flag) => flag.replaceAll(/(^|=)(@?[\w-]+(?:\/[\w-]+)?)/g, "$1/$2/"));
  return [...Object.keys(require.cache), ...flags].join("\n");
}

const require = createRequire(import.meta.url);

/** Whether somebody else holds the API, who is then left alone with it, and named: two SDKs would send all twice. */
export function leaveToOther(tell: Tell): boolean {
  const other = findOtherSdk();
  if (!other) return false;
  const taken = `${other.registered.join(", ")} of @opentelemetry/api ${other.apiVersion}`;
  tell({
    level: "error",
    code: "second-sdk",
    message:
      `${other.name} has registered ${taken} in this process: Seaworthy starts no telemetry beside it. Remove one of ` +
      "the two: take it out of NODE_OPTIONS, the operator's annotation or the code, or pass telemetry: false; an SDK " +
      "that you build yourself can be handed over as telemetry: sdk.",
  });
  return true;
}

/** Names an agent that works beside this one. */
export function tellOfAgent(tell: Tell): void {
  const agent = findAgent();
  if (agent === undefined) return;
  tell({
    level: "warn",
    code: "second-sdk",
    message: `${agent} also runs in this process: both record the same requests. Keep one, or pass telemetry: false.`,
  });
}

/** Names each who tries to register after this SDK did, once: an SDK has five things to register. */
export function watchIntruders(tell: Tell): (stack: string) => void {
  const told = new Set<string | undefined>();
  return (stack) => {
    const who = nameOfOther(stack);
    if (told.has(who)) return;
    told.add(who);
    tellOfIntruder(stack, tell);
  };
}

/** Names who tried to register after this SDK did, by the stack of the attempt. */
export function tellOfIntruder(stack: string, tell: Tell): void {
  const who = nameOfOther(stack) ?? "Another OpenTelemetry SDK";
  const what = /Attempted duplicate registration of API: (\w+)/.exec(stack)?.[1] ?? "providers";
  tell({
    level: "error",
    code: "second-sdk",
    message:
      `${who} was started after Seaworthy's telemetry and could not register its ${what}: its exporters run, and send ` +
      "nothing of what is recorded here. Remove one of the two, or hand that SDK over as telemetry: sdk.",
  });
}
