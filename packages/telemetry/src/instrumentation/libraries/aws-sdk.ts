import type { Instrumentation } from "@opentelemetry/instrumentation";
import { AwsInstrumentation } from "@opentelemetry/instrumentation-aws-sdk";

export const create = (config: object): Instrumentation => new AwsInstrumentation(config);
