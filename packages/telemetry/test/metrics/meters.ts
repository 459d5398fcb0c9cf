import type { TestContext } from "node:test";
import type { Meter } from "@opentelemetry/api";
import { type MetricData, MeterProvider, MetricReader } from "@opentelemetry/sdk-metrics";

/** A reader that collects when a test says so. */
export class TestReader extends MetricReader {
  protected override async onShutdown(): Promise<void> {}
  protected override async onForceFlush(): Promise<void> {}

  /** Collects; what failed in doing so is thrown. */
  async metrics(): Promise<ReadonlyMap<string, MetricData>> {
    const { resourceMetrics, errors } = await this.collect();
    if (errors.length > 0) throw new AggregateError(errors);
    const all = resourceMetrics.scopeMetrics.flatMap(({ metrics }) => metrics);
    return new Map(all.map((metric) => [metric.descriptor.name, metric]));
  }

  /** The value of each series of a metric, by its attributes: the first one's value alone where it has none. */
  async values(name: string): Promise<Readonly<Record<string, number>>> {
    const points = (await this.metrics()).get(name)?.dataPoints ?? [];
    return Object.fromEntries(
      points.map(({ attributes, value }) => [Object.values(attributes).join(" "), value as number]),
    );
  }
}

/** A meter of the real SDK and as many readers as wanted. */
export function createMeters(readers = 1): { readonly meter: Meter; readonly readers: readonly TestReader[] } {
  const all = Array.from({ length: readers }, () => new TestReader());
  return { meter: new MeterProvider({ readers: all }).getMeter("test"), readers: all };
}

/** A meter of the real SDK and its reader. */
export function createMeter(): { readonly meter: Meter; readonly reader: TestReader } {
  const reader = new TestReader();
  return { meter: new MeterProvider({ readers: [reader] }).getMeter("test"), reader };
}

/** Keeps the event loop from coming round. */
export function block(ms: number): void {
  const until = performance.now() + ms;
  while (performance.now() < until);
}

/** Disposes when the test is over. (Node 22 does not know `using`.) */
export function disposeAfter<T extends Disposable>(t: TestContext, disposable: T): T {
  t.after(() => disposable[Symbol.dispose]());
  return disposable;
}
