import type { Attributes } from "@opentelemetry/api";
import type { Health } from "@seaworthy/health";
import { SeaworthyError, assertFunction, optionError } from "@seaworthy/lifecycle";
import type { IgnorableRequest } from "./http/server.ts";
import type { Identity } from "./identify.ts";
import { type UserSdk, isUserSdk } from "./node-sdk/user-sdk.ts";

/** How telemetry is recorded and sent, where the `OTEL_*` variables do not say it. */
export interface TelemetryOptions {
  /** The version of the service, `service.version`. Default: that of the application's package.json. */
  readonly version?: string;
  /** More attributes of the resource. They win over `OTEL_RESOURCE_ATTRIBUTES` and over what is detected. */
  readonly resourceAttributes?: Attributes;
  /** True for a request that leaves no trace in any pipeline, as probes leave none. */
  readonly ignoreRequest?: (request: IgnorableRequest) => boolean;
  /**
   * Instrumentations of libraries by the names of their packages, less `@opentelemetry/instrumentation-`: `false` turns
   * one off, `true` on, and an object is its configuration. What is recorded without a library goes by `http`, `undici`
   * and `runtime-node`, which have no configuration.
   */
  readonly instrumentations?: Readonly<Record<string, boolean | object>>;
  /** Whether what is written to `console` is sent as log records, too. Default `true`. */
  readonly captureConsole?: boolean;
  /** How long the last export may take when the service stops, in milliseconds. Default 3 000. */
  readonly flushBudgetMs?: number;
}

/** What `startTelemetry` takes beside: what a service knows, and telemetry has to be told. */
export interface StartTelemetryOptions extends TelemetryOptions {
  /** The name of the service, `service.name`. Default: from the environment, package.json or the workload. */
  readonly name?: string;
  /** The environment. Default: an empty one. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** The health of the service, for its metrics. */
  readonly health?: Health;
  /** Whether somebody serves `/metrics` on a probe port, as the line at start says it. Default `true`. */
  readonly hasProbePort?: boolean;
  /** True for servers that answer probes and nothing else. */
  readonly isOwnServer?: (server: object) => boolean;
  /** An SDK that the application has built; everything else here that makes one does not count then. */
  readonly sdk?: UserSdk;
  /** What `identify` has found by these same options. Default: it is found now. */
  readonly identity?: Identity;
}

/** The options with every default in its place. */
export type SettledOptions = StartTelemetryOptions &
  Required<Pick<StartTelemetryOptions, "captureConsole" | "flushBudgetMs">>;

/** The defaults of {@link TelemetryOptions}; `undefined` where the default depends on the surroundings. */
export const telemetryDefaults: TelemetryDefaults = {
  version: undefined,
  resourceAttributes: undefined,
  ignoreRequest: undefined,
  instrumentations: undefined,
  captureConsole: true,
  flushBudgetMs: 3_000,
};

type Given = "captureConsole" | "flushBudgetMs";
type TelemetryDefaults = {
  readonly [Option in keyof Required<TelemetryOptions>]: Option extends Given
    ? NonNullable<TelemetryOptions[Option]>
    : undefined;
};

const startOnly: readonly string[] = ["name", "env", "health", "hasProbePort", "isOwnServer", "sdk", "identity"];

/** Fills in the defaults. What is set to `undefined` is not set. */
export function settleOptions(options: StartTelemetryOptions): SettledOptions {
  const { captureConsole, flushBudgetMs } = telemetryDefaults;
  const given = Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
  return { captureConsole, flushBudgetMs, ...given };
}

/** Refuses options that are unknown or make no sense. @throws `ERR_SEAWORTHY_OPTION` */
export function assertTelemetryOptions(options: StartTelemetryOptions): void {
  const isObject = (value: unknown): boolean => typeof value === "object" && value !== null;
  if (!isObject(options))
    throw optionError("telemetry", "an object of options", options, "Leave it out for the defaults.");
  const known = [...Object.keys(telemetryDefaults), ...startOnly];
  const stranger = Object.keys(options).find((name) => !known.includes(name));
  if (stranger !== undefined) {
    throw new SeaworthyError("ERR_SEAWORTHY_OPTION", {
      expected: "an option of telemetry",
      got: stranger,
      fix: `It takes ${Object.keys(telemetryDefaults).join(", ")}.`,
    });
  }
  const { version, resourceAttributes, ignoreRequest, instrumentations, captureConsole, flushBudgetMs, sdk } = options;
  const refuse = (name: string, expected: string, value: unknown): never => {
    throw optionError(`telemetry.${name}`, expected, value, "Leave it out for the default.");
  };
  if (version !== undefined && typeof version !== "string") refuse("version", "a text", version);
  if (resourceAttributes !== undefined && !isObject(resourceAttributes)) {
    refuse("resourceAttributes", "an object", resourceAttributes);
  }
  if (ignoreRequest !== undefined) assertFunction(ignoreRequest, "telemetry.ignoreRequest");
  if (instrumentations !== undefined && !isObject(instrumentations)) {
    refuse("instrumentations", "an object by names", instrumentations);
  }
  if (captureConsole !== undefined && typeof captureConsole !== "boolean") {
    refuse("captureConsole", "true or false", captureConsole);
  }
  if (flushBudgetMs !== undefined && !(typeof flushBudgetMs === "number" && flushBudgetMs >= 0)) {
    refuse("flushBudgetMs", "a number of milliseconds, at least 0", flushBudgetMs);
  }
  if (sdk !== undefined && !isUserSdk(sdk)) refuse("sdk", "something with start() and shutdown()", sdk);
}
