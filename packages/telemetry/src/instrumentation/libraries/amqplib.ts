import type { Instrumentation } from "@opentelemetry/instrumentation";
import { AmqplibInstrumentation } from "@opentelemetry/instrumentation-amqplib";

export const create = (config: object): Instrumentation => new AmqplibInstrumentation(config);
