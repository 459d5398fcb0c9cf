import type { Tell } from "../channels.ts";
import { errorType } from "./error-type.ts";

/** Makes what is ours safe on the way of the application: what it throws is told of once, and goes no further. */
export type Guard = <Arguments extends unknown[]>(run: (...args: Arguments) => void) => (...args: Arguments) => void;

/** Guards what traces `what`, which is turned off by the short name of its instrumentation. */
export function guardWith(tell: Tell, what: string, instrumentation: "http" | "undici" = "http"): Guard {
  let isTold = false;
  return (run) =>
    (...args) => {
      try {
        run(...args);
      } catch (error) {
        if (isTold) return;
        isTold = true;
        const reason = error instanceof Error ? error.message : errorType(error);
        const message = `Tracing ${what} failed: ${reason}. The request was not touched. Report it, or turn it off by OTEL_NODE_DISABLED_INSTRUMENTATIONS=${instrumentation}.`;
        tell({ level: "error", code: "instrumentation", message });
      }
    };
}
