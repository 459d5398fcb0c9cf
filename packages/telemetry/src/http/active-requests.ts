import type { Meter, ObservableResult } from "@opentelemetry/api";
import type { Methods } from "./method.ts";
import { metrics, names } from "./names.ts";

/** How many requests are under way. */
export interface ActiveRequests extends Disposable {
  /** `by` is 1 when one begins and -1 when it ends. */
  add(by: 1 | -1, method: number, isSecure: boolean): void;
}

/** Counts here and is asked by the readers: two numbers a request, and every reader sees the same. */
export function countActiveRequests(meter: Meter, methods: Methods): ActiveRequests {
  const counts: (number | undefined)[] = [];
  const counter = meter.createObservableUpDownCounter(metrics.serverActive, {
    description: "Number of active HTTP server requests.",
    unit: "{request}",
  });
  const observe = (result: ObservableResult): void => {
    for (const [place, count] of counts.entries()) {
      if (count === undefined) continue;
      const scheme = place % 2 === 1 ? "https" : "http";
      result.observe(count, { [names.method]: methods.nameOf(place >> 1), [names.scheme]: scheme });
    }
  };
  counter.addCallback(observe);
  return {
    add(by, method, isSecure) {
      const place = method * 2 + (isSecure ? 1 : 0);
      counts[place] = (counts[place] ?? 0) + by;
    },
    [Symbol.dispose]: () => counter.removeCallback(observe),
  };
}
