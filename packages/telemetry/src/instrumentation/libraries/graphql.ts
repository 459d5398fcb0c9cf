import type { Instrumentation } from "@opentelemetry/instrumentation";
import { GraphQLInstrumentation } from "@opentelemetry/instrumentation-graphql";

export const create = (config: object): Instrumentation => new GraphQLInstrumentation(config);
