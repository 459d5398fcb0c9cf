import type { Known, Reader } from "./readers.ts";
import { names } from "./readers.ts";
import type { ExporterName, LogLevel, PropagatorName, Protocol, SamplerName } from "./settings.ts";

export const logLevels: Known<LogLevel> = { names: ["none", "error", "warn", "info", "debug", "verbose", "all"] };

export const protocols: Known<Protocol> = { names: ["http/protobuf", "http/json", "grpc"] };

export const compressions: Known<"gzip" | "none"> = { names: ["gzip", "none"] };

export const propagators: Known<PropagatorName> = {
  names: ["tracecontext", "baggage", "b3", "b3multi", "none"],
  refused: {
    jaeger: "its package has no release for this SDK, and Jaeger reads tracecontext. Use tracecontext.",
    xray: "it is a third party's, and not within. Use tracecontext, which X-Ray reads.",
    ottrace: "it is a third party's, and not within. Use tracecontext.",
  },
};

const remoteSampler = "it asks a server for its settings. Use parentbased_traceidratio, or sample in the Collector.";

export const samplers: Known<SamplerName> = {
  names: [
    "always_on",
    "always_off",
    "traceidratio",
    "parentbased_always_on",
    "parentbased_always_off",
    "parentbased_traceidratio",
  ],
  refused: { jaeger_remote: remoteSampler, parentbased_jaeger_remote: remoteSampler, xray: remoteSampler },
};

const notAnExporter = {
  zipkin: "Zipkin's exporter is not within. Send OTLP to a Collector, which can write to Zipkin.",
  jaeger: "Jaeger takes OTLP itself. Use otlp.",
  logging: "it is an old name. Use console.",
  stdout: "it has another name. Use console.",
  "otlp/stdout": "OTLP on the standard output is not within. Use console to look, otlp to send.",
};

export const exporters: Known<ExporterName> = {
  names: ["otlp", "console", "none"],
  refused: { ...notAnExporter, prometheus: "it takes metrics only. Set it in OTEL_METRICS_EXPORTER." },
};

export const metricExporters: Known<ExporterName> = {
  names: ["otlp", "prometheus", "console", "none"],
  refused: notAnExporter,
};

/** Ours, upstream's names for the same, and those that ask a cloud. */
export const detectors: Known<string> = {
  names: [
    "all",
    "none",
    "env",
    "host",
    "os",
    "process",
    "service",
    "serviceinstance",
    "container",
    "k8s",
    "alibaba",
    "aws",
    "azure",
    "gcp",
  ],
};

/** Methods have capital letters. */
export const httpMethods: Reader<readonly string[]> = (text, complain) =>
  names(text, complain)?.flatMap((method) => {
    if (/^[A-Z][\w!#$%&'*+.^`|~-]*$/.test(method)) return [method];
    complain(`names a method that does not count; write methods in capital letters, with commas between them.`);
    return [];
  });
