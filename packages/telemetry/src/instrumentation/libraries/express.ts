import type { Instrumentation } from "@opentelemetry/instrumentation";
import { ExpressInstrumentation } from "@opentelemetry/instrumentation-express";

export const create = (config: object): Instrumentation => new ExpressInstrumentation(config);
