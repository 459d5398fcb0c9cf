import type { BatchObservableCallback, Meter, Observable } from "@opentelemetry/api";

/**
 * Fills several instruments in one go whenever a reader collects; disposing ends that. Every reader's collection calls
 * it anew, so what it observes must not depend on when it was called last.
 */
export function observeBatch(meter: Meter, instruments: Observable[], observe: BatchObservableCallback): Disposable {
  meter.addBatchObservableCallback(observe, instruments);
  return { [Symbol.dispose]: () => meter.removeBatchObservableCallback(observe, instruments) };
}
