/** One of the three ways telemetry leaves by. */
export type Pipeline = "traces" | "metrics" | "logs";

/** All of them, in the order in which they are told of. */
export const allPipelines: readonly Pipeline[] = ["traces", "metrics", "logs"];

/** Where a pipeline leads. `prometheus` is our own `/metrics`. */
export type ExporterName = "otlp" | "console" | "prometheus" | "none";

/** How OTLP travels. */
export type Protocol = "http/protobuf" | "http/json" | "grpc";

/** What carries the context of a trace from one process to the next. */
export type PropagatorName = "tracecontext" | "baggage" | "b3" | "b3multi" | "none";

/** What decides whether a trace is recorded. */
export type SamplerName =
  | "always_on"
  | "always_off"
  | "traceidratio"
  | "parentbased_always_on"
  | "parentbased_always_off"
  | "parentbased_traceidratio";

/** How much the SDK says of itself. */
export type LogLevel = "none" | "error" | "warn" | "info" | "debug" | "verbose" | "all";

/** How a batch processor works. Durations in milliseconds. */
export interface BatchSettings {
  readonly scheduleDelayMs: number;
  /** The longest that the SDK can wait for where the variable says 0, which means for ever. */
  readonly exportTimeoutMs: number;
  readonly maxQueueSize: number;
  readonly maxExportBatchSize: number;
}

/** Limits of attributes; `undefined` leaves it to the general limit, or to the SDK's default. */
export interface AttributeLimits {
  readonly attributeCount: number | undefined;
  readonly attributeValueLength: number | undefined;
}

/** Limits of spans. */
export interface SpanLimitSettings extends AttributeLimits {
  readonly eventCount: number;
  readonly linkCount: number;
  readonly attributesPerEvent: number;
  readonly attributesPerLink: number;
}

/** What the variables of OTLP say, for all pipelines or for one of them. */
export interface OtlpVariables {
  readonly endpoint: string | undefined;
  readonly protocol: Protocol | undefined;
  readonly headers: Readonly<Record<string, string>>;
  readonly timeoutMs: number | undefined;
  readonly compression: "gzip" | "none" | undefined;
  readonly insecure: boolean | undefined;
  readonly caFile: string | undefined;
  readonly clientCertificateFile: string | undefined;
  readonly clientKeyFile: string | undefined;
}

/** Where one pipeline is sent, once what is said for all and what is said for it alone are put together. */
export interface OtlpSettings {
  readonly protocol: Protocol;
  /** The whole URL; for gRPC, host and port with or without a scheme. */
  readonly url: string;
  /** By their names in small letters. Secrets: never to be shown. */
  readonly headers: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  readonly compression: "gzip" | "none";
  /** Whether gRPC speaks plain text where the URL does not say. */
  readonly insecure: boolean;
  /** Paths of PEM files. */
  readonly caFile: string | undefined;
  readonly clientCertificateFile: string | undefined;
  readonly clientKeyFile: string | undefined;
}

/** What the table of variables reads into: each leaf is one variable. */
export interface OtelVariables {
  readonly disabled: boolean;
  readonly logLevel: LogLevel;
  readonly serviceName: string | undefined;
  readonly resourceAttributes: Readonly<Record<string, string>>;
  readonly resourceDetectors: readonly string[] | undefined;
  readonly propagators: readonly PropagatorName[];
  readonly sampler: {
    readonly name: SamplerName;
    /** From 0 to 1; asked only by the samplers that go by a ratio. */
    readonly ratio: number;
  };
  readonly exporters: Readonly<Record<Pipeline, readonly ExporterName[]>>;
  readonly otlp: Readonly<Record<"all" | Pipeline, OtlpVariables>>;
  readonly metrics: {
    readonly intervalMs: number;
    readonly timeoutMs: number;
    readonly temporality: "cumulative" | "delta" | "lowmemory";
    readonly histogram: "explicit_bucket_histogram" | "base2_exponential_bucket_histogram";
  };
  readonly batch: { readonly spans: BatchSettings; readonly logs: BatchSettings };
  readonly limits: {
    readonly attributes: AttributeLimits;
    readonly spans: SpanLimitSettings;
    readonly logs: AttributeLimits;
  };
  readonly instrumentations: {
    /** Only these; `undefined` for the usual ones. */
    readonly enabled: readonly string[] | undefined;
    readonly disabled: readonly string[];
    /** Methods that are not counted as `_OTHER`; `undefined` for those of the conventions. */
    readonly httpMethods: readonly string[] | undefined;
  };
}

/** How much a finding matters. */
export type FindingLevel = "info" | "warn";

/** Something about a variable that whoever set it should know. Never holds the value of a header. */
export interface OtelFinding {
  readonly level: FindingLevel;
  readonly variable: string;
  /** One sentence on what is so, and one on what to do. Begins with the name of the variable. */
  readonly message: string;
}

/** What the environment says, with every default in its place. */
export interface OtelSettings extends Omit<OtelVariables, "otlp"> {
  readonly otlp: Readonly<Record<Pipeline, OtlpSettings>>;
  /** The variables that were set, and made sense. */
  readonly given: ReadonlySet<string>;
  readonly findings: readonly OtelFinding[];
}
