import { channel, subscribe, unsubscribe } from "node:diagnostics_channel";
import type { Logger } from "@opentelemetry/api";
import { type Lifecycle, type LifecycleEvents, lifecycleChannels } from "@seaworthy/lifecycle";
import { recordFatal } from "./logs/fatal.ts";

/** A message of a channel of a life. */
type Told<Name extends keyof LifecycleEvents> = LifecycleEvents[Name] & { readonly lifecycle: Lifecycle };

/**
 * Records the fatal error that begins the end of a life, and those on the way; the flush of that stop sends them. For the
 * first it listens for the stop and not for the error, which the life shows on stderr itself when nobody listens for it: a
 * witness must not keep it from that. So it hears of further ones only where somebody else listens for them.
 */
export function recordFatals(logger: Logger, life: Lifecycle): Disposable {
  const onPhase = (message: unknown): void => {
    const { lifecycle, to, reason } = message as Told<"phase">;
    if (lifecycle !== life || to !== "draining") return;
    if (reason?.kind === "fatal") recordFatal({ logger, error: reason.error, origin: reason.origin });
    if (channel(lifecycleChannels.fatal).hasSubscribers) subscribe(lifecycleChannels.fatal, onFatal);
  };
  const onFatal = (message: unknown): void => {
    const { lifecycle, error, origin } = message as Told<"fatal">;
    if (lifecycle === life) recordFatal({ logger, error, origin });
  };
  subscribe(lifecycleChannels.phase, onPhase);
  return {
    [Symbol.dispose]() {
      unsubscribe(lifecycleChannels.phase, onPhase);
      unsubscribe(lifecycleChannels.fatal, onFatal);
    },
  };
}
