import type { Instrumentation } from "@opentelemetry/instrumentation";
import { winstonInstrumentation } from "../../logs/winston.ts";

export const create = (): Instrumentation => winstonInstrumentation();
