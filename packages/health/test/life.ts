import { subscribe, unsubscribe } from "node:diagnostics_channel";
import type { TestContext } from "node:test";
import { type Lifecycle, createLifecycle } from "@seaworthy/lifecycle";
import { type ManualClock, createManualClock } from "@seaworthy/lifecycle/testing";
import { type HealthEvents, healthChannels } from "../src/channels.ts";
import { type Health, type HealthOptions, createHealth } from "../src/health.ts";

/** A life on a clock that stands still, and its health. */
export interface Life {
  readonly clock: ManualClock;
  readonly lifecycle: Lifecycle;
  readonly health: Health;
}

export function createLife(options?: HealthOptions): Life {
  const clock = createManualClock();
  const lifecycle = createLifecycle({ clock });
  return { clock, lifecycle, health: createHealth(lifecycle, options) };
}

/** A life that is ready for work. */
export function startedLife(options?: HealthOptions): Life {
  const life = createLife(options);
  life.lifecycle.markStarted();
  return life;
}

/** Checks run at their full second, so that a test can tell when. */
export const everySecond = { intervalMs: 1_000, timeoutMs: 100, jitter: 0 } as const;

/** What a channel says of one health, as it says it. */
export function listen<Name extends keyof HealthEvents>(
  t: TestContext,
  health: Health,
  name: Name,
): readonly HealthEvents[Name][] {
  const heard: HealthEvents[Name][] = [];
  const onMessage = (message: unknown): void => {
    const { health: of, ...event } = message as { readonly health: Health };
    if (of === health) heard.push(event as HealthEvents[Name]);
  };
  subscribe(healthChannels[name], onMessage);
  t.after(() => unsubscribe(healthChannels[name], onMessage));
  return heard;
}

/** A promise that a test settles. */
export const promised = (): PromiseWithResolvers<void> => Promise.withResolvers<void>();
