import type { TracerProvider } from "@opentelemetry/api";
import type { Instrumentation } from "@opentelemetry/instrumentation";
import { PrismaInstrumentation } from "@prisma/instrumentation";

/** It hands its tracer provider to the client when it is enabled, and not again when it is given another one. */
class CurrentPrismaInstrumentation extends PrismaInstrumentation {
  override setTracerProvider(provider: TracerProvider): void {
    super.setTracerProvider(provider);
    if (this.isEnabled()) this.enable();
  }
}

export const create = (config: object): Instrumentation => new CurrentPrismaInstrumentation(config);
