import type { Instrumentation } from "@opentelemetry/instrumentation";
import { KafkaJsInstrumentation } from "@opentelemetry/instrumentation-kafkajs";

export const create = (config: object): Instrumentation => new KafkaJsInstrumentation(config);
