import type { Instrumentation } from "@opentelemetry/instrumentation";
import { PgInstrumentation } from "@opentelemetry/instrumentation-pg";

export const create = (config: object): Instrumentation => new PgInstrumentation(config);
