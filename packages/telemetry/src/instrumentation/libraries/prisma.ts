import type { TracerProvider } from "@opentelemetry/api";
import type { Instrumentation } from "@opentelemetry/instrumentation";
import { PrismaInstrumentation } from "@prisma/instrumentation";

/** Where clients look for what traces them: a name for each major version, and one for all. */
type Places = Record<string, { readonly helper: unknown } | undefined>;
const places = globalThis as unknown as Places;
const forAll = "PRISMA_INSTRUMENTATION";

/**
 * It hands its tracer provider to the client when it is enabled, and not again when it is given another one. There is one
 * for the whole process: another one that comes later stays, and one that was there before is put back.
 */
class CurrentPrismaInstrumentation extends PrismaInstrumentation {
  #own: unknown;
  #before: Places = {};

  override enable(): void {
    if (!this.isEnabled()) {
      const names = Object.keys(places).filter((name) => name.endsWith(forAll));
      this.#before = Object.fromEntries(names.map((name) => [name, places[name]]));
    }
    super.enable();
    this.#own = places[forAll]?.helper;
  }

  override disable(): void {
    if (!this.isEnabled()) return;
    super.disable();
    Object.assign(places, this.#before);
  }

  override isEnabled(): boolean {
    return this.#own !== undefined && this.#own === places[forAll]?.helper;
  }

  override setTracerProvider(provider: TracerProvider): void {
    super.setTracerProvider(provider);
    if (this.isEnabled()) this.enable();
  }
}

export const create = (config: object): Instrumentation => new CurrentPrismaInstrumentation(config);
