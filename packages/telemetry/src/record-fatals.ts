import { subscribe, unsubscribe } from "node:diagnostics_channel";
import type { Logger } from "@opentelemetry/api";
import { type Lifecycle, type LifecycleEvents, lifecycleChannels } from "@seaworthy/lifecycle";
import { recordFatal } from "./logs/fatal.ts";

/**
 * Records the fatal error that begins the end of a life; the flush of that stop sends it. It listens for the stop and not
 * for the error, which the life shows on stderr itself when nobody listens for it: a witness must not keep it from that.
 */
export function recordFatals(logger: Logger, life: Lifecycle): Disposable {
  const onPhase = (message: unknown): void => {
    const { lifecycle, to, reason } = message as LifecycleEvents["phase"] & { readonly lifecycle: Lifecycle };
    if (lifecycle !== life || to !== "draining" || reason?.kind !== "fatal") return;
    recordFatal({ logger, error: reason.error, origin: reason.origin });
  };
  subscribe(lifecycleChannels.phase, onPhase);
  return { [Symbol.dispose]: () => void unsubscribe(lifecycleChannels.phase, onPhase) };
}
