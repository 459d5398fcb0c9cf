import type { Instrumentation } from "@opentelemetry/instrumentation";
import { bunyanInstrumentation } from "../../logs/bunyan.ts";

export const create = (): Instrumentation => bunyanInstrumentation();
