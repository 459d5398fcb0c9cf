import { furtherLibraries } from "./further-libraries.ts";
import type { Library } from "./library.ts";

/*
 * A call to a store outside of any trace (a check, a poll, the first connection) would be a trace of one span: those are
 * left out wherever there is a setting for it. What a statement was called with is never recorded.
 */
const inTraces = { requireParentSpan: true } as const;

/**
 * The libraries whose instrumentation comes with this package. Ranges of versions are those that each instrumentation
 * gives itself. `net`, `dns` and `fs` are not here and never will be: a span for every socket and file is noise.
 */
export const shippedLibraries: readonly Library[] = [
  // Databases and caches. The connection that a pool makes for a query is no operation of its own.
  shipped("pg", ["pg", "pg-pool"], { late: true, config: { ...inTraces, ignoreConnectSpans: true } }),
  // Statements are masked: without that, this one writes their values into them.
  shipped("mysql2", ["mysql2"], { late: true, config: { ...inTraces, maskStatement: true } }),
  // From version 4 on, `redis` hands on what `@redis/client` does.
  shipped("redis", ["redis", "@redis/client", "@node-redis/client"], {
    late: true,
    // Those of redis 4: each command is bound to what runs it as the file is loaded.
    exceptLate: { "@redis/client": "<5", "@node-redis/client": "*" },
    facades: ["redis"],
    config: inTraces,
  }),
  shipped("ioredis", ["ioredis"], { late: true, config: inTraces }),
  // The command under a span of mongoose is the same operation: it gets no span.
  shipped("mongodb", ["mongodb"], { late: true, config: inTraces }),
  shipped("mongoose", ["mongoose"], { late: true, config: inTraces }),
  shipped("prisma", ["@prisma/client"], {
    instrumentation: "@prisma/instrumentation",
    facades: ["@prisma/client"],
    esModules: true,
    late: true,
  }),

  // Queues
  shipped("kafkajs", ["kafkajs"], { late: true }),
  shipped("amqplib", ["amqplib"], { late: true }),

  // Calls
  shipped("grpc", ["@grpc/grpc-js"], { late: true }),
  shipped(
    "aws-sdk",
    [
      "@smithy/core",
      "@smithy/middleware-stack",
      "@smithy/smithy-client",
      "@aws-sdk/middleware-stack",
      "@aws-sdk/smithy-client",
    ],
    { facades: ["@smithy/core"], late: true },
  ),
  // A span for every field of an answer is noise.
  shipped("graphql", ["graphql"], { late: true, unseenFrom: "17.0.0", config: { ignoreResolveSpans: true } }),

  // Logs, by this package's own instrumentation
  shipped("pino", ["pino"], { instrumentation: "@seaworthy/telemetry", late: true }),
  shipped("winston", ["winston"], { instrumentation: "@seaworthy/telemetry", late: true }),
  shipped("bunyan", ["bunyan"], { instrumentation: "@seaworthy/telemetry", late: true }),

  // Web frameworks
  shipped("express", ["express"], {
    late: true,
    off: "it makes a span for every middleware; the span of the request has the route already",
  }),
];

/** All libraries that are known. */
export const libraries: readonly Library[] = [...shippedLibraries, ...furtherLibraries];

const byPackage: ReadonlyMap<string, Library> = new Map(
  libraries.flatMap((library) => library.packages.map((name) => [name, library] as const)),
);

/** The library that a package belongs to. */
export const libraryOf = (packageName: string): Library | undefined => byPackage.get(packageName);

/** Short names that are known upstream, and why nothing here answers to them. */
export const otherNames: Readonly<Record<string, string | undefined>> = {
  net: "a span for every socket is noise",
  dns: "a span for every name that is looked up is noise",
  fs: "a span for every file is noise, and costs hundreds of megabytes",
  "aws-lambda": "there is no process to make seaworthy",
  cucumber: "it is for test runs",
  "host-metrics": "they are the node's; the process and its container are measured",
};

function shipped(name: string, packages: readonly string[], more: Partial<Library> = {}): Library {
  return { name, packages, instrumentation: `@opentelemetry/instrumentation-${name}`, shipped: true, ...more };
}
