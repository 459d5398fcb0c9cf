import { type Attributes, type Counter, type Meter, type MeterProvider, createNoopMeter } from "@opentelemetry/api";

/** What processors count of themselves, as the semantic conventions for SDK metrics name it. */
const processed = /^otel\.sdk\.processor\.(span|log)\.processed$/;

/**
 * The meter provider that processors and exporters record their own metrics with. It hears in passing of what a full
 * queue drops, which the SDK tells in no other way; what it is told goes on to `target`, if there is one.
 */
export function hearDrops(target: MeterProvider | undefined, onDrop: (items: number) => void): MeterProvider {
  return {
    getMeter(name, version, options) {
      const meter = target?.getMeter(name, version, options) ?? createNoopMeter();
      const createCounter: Meter["createCounter"] = (counter, counterOptions) => {
        const made = meter.createCounter(counter, counterOptions);
        return processed.test(counter) ? listen(made, onDrop) : made;
      };
      return Object.create(meter, { createCounter: { value: createCounter } }) as Meter;
    },
  };
}

function listen<Of extends Attributes>(counter: Counter<Of>, onDrop: (items: number) => void): Counter<Of> {
  return {
    add(items, attributes, context) {
      if (attributes?.["error.type"] === "queue_full") onDrop(items);
      counter.add(items, attributes, context);
    },
  };
}
