/** How an application is written. */
export type Modules = "cjs" | "mjs";

/** One that takes part. */
export interface Contender {
  readonly title: string;
  /** What is installed beside Express; `packed` for our own tarballs. */
  readonly install: readonly string[] | "packed";
  /** The file that Node is started with, and the flags before it. */
  command(modules: Modules): readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** What all of them serve with, and a logger for those that instrument it. */
export const application = ["express@5.3.0", "pino@10.4.0"] as const;

/** What the documentation of OpenTelemetry asks for beside `--import`, so that an ES module's imports are seen. */
const loader = "--experimental-loader=@opentelemetry/instrumentation/hook.mjs";

/** None of their detectors asks a metadata service, which would take seconds where there is none. */
const offline = { OTEL_NODE_RESOURCE_DETECTORS: "env,host,os,process,serviceinstance" };

const seaworthy = (title: string, env: Readonly<Record<string, string>>): Contender => ({
  title,
  install: "packed",
  command: (modules) => [`seaworthy.${modules}`],
  env,
});

const preloaded = (title: string, install: readonly string[], packageName: string, more: string): Contender => ({
  title,
  install,
  command: (modules) =>
    modules === "cjs"
      ? ["--require", packageName, "app.cjs"]
      : [...more.split(" ").filter(Boolean), "--import", packageName, "app.mjs"],
  env: offline,
});

export const bare: Contender = {
  title: "Express alone",
  install: [],
  command: (modules) => [`app.${modules}`],
};

export const off: Contender = seaworthy("seaworthy, `telemetry: false`", { TELEMETRY: "off" });

export const on: Contender = seaworthy("**seaworthy**", {});

export const nodeSdk: Contender = {
  title: "NodeSDK with http, express, pino",
  install: [
    "@opentelemetry/api@1.10.0",
    "@opentelemetry/instrumentation-express@0.72.0",
    "@opentelemetry/instrumentation-http@0.301.0",
    "@opentelemetry/instrumentation-pino@0.70.0",
    "@opentelemetry/sdk-node@0.301.0",
  ],
  command: (modules) =>
    modules === "cjs" ? ["--require", "./node-sdk.cjs", "app.cjs"] : [loader, "--import", "./node-sdk.mjs", "app.mjs"],
  env: offline,
};

export const auto: Contender = preloaded(
  "auto-instrumentations-node",
  ["@opentelemetry/api@1.10.0", "@opentelemetry/auto-instrumentations-node@0.82.0"],
  "@opentelemetry/auto-instrumentations-node/register",
  loader,
);

export const elastic: Contender = preloaded(
  "@elastic/opentelemetry-node",
  ["@elastic/opentelemetry-node@1.18.0"],
  "@elastic/opentelemetry-node",
  "",
);

export const contenders: readonly Contender[] = [bare, off, on, nodeSdk, auto, elastic];
