import type { Instrumentation } from "@opentelemetry/instrumentation";
import { pinoInstrumentation } from "../../logs/pino.ts";

export const create = (): Instrumentation => pinoInstrumentation();
