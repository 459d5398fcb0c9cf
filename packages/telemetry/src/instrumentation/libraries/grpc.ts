import type { Instrumentation } from "@opentelemetry/instrumentation";
import { GrpcInstrumentation } from "@opentelemetry/instrumentation-grpc";

export const create = (config: object): Instrumentation => new GrpcInstrumentation(config);
