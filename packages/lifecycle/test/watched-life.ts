import { subscribe, unsubscribe } from "node:diagnostics_channel";
import type { EventEmitter } from "node:events";
import process from "node:process";
import type { TestContext } from "node:test";
import { type ManualClock, createManualClock } from "@seaworthy/lifecycle/testing";
import { type LifecycleEvents, lifecycleChannels } from "../src/channels.ts";
import { type Lifecycle, createLifecycle } from "../src/lifecycle.ts";
import type { LifecycleOptions } from "../src/options.ts";
import { whenAborted } from "../src/until.ts";

type EventName = keyof LifecycleEvents;
type Heard = { readonly [Name in EventName]: LifecycleEvents[Name][] };

/** A life on a manual clock, and all that it has published so far. */
export interface WatchedLife {
  readonly life: Lifecycle;
  readonly clock: ManualClock;
  readonly heard: Heard;
}

/** Makes a life and listens to it until the test is over. The default budgets: 24 s drain, 25 s release, 29 s in all. */
export function watchLife(t: TestContext, options: LifecycleOptions = {}): WatchedLife {
  const clock = createManualClock();
  const life = createLifecycle({ clock, ...options });
  const heard: Heard = { phase: [], hook: [], fatal: [], notice: [], report: [] };
  for (const name of Object.keys(heard) as EventName[]) {
    onEvent(t, life, name, (event) => (heard[name] as unknown[]).push(event));
  }
  return { life, clock, heard };
}

/** Hears the events of one name and one life until the test is over. */
export function onEvent<Name extends EventName>(
  t: TestContext,
  life: Lifecycle,
  name: Name,
  listener: (event: LifecycleEvents[Name]) => void,
): void {
  const hear = (message: unknown): void => {
    const { lifecycle, ...event } = message as { lifecycle: Lifecycle };
    if (lifecycle === life) listener(event as unknown as LifecycleEvents[Name]);
  };
  subscribe(lifecycleChannels[name], hear);
  t.after(() => unsubscribe(lifecycleChannels[name], hear));
}

/** What goes unhandled during a test. The listeners of the test runner, which would fail the test, are kept away. */
export function unhandled(t: TestContext, event: "uncaughtException" | "unhandledRejection"): readonly unknown[] {
  const errors: unknown[] = [];
  const emitter: EventEmitter = process;
  const others = emitter.listeners(event) as ((error: unknown) => void)[];
  const onError = (error: unknown): void => void errors.push(error);
  for (const listener of others) emitter.off(event, listener);
  emitter.on(event, onError);
  t.after(() => {
    emitter.off(event, onError);
    for (const listener of others) emitter.on(event, listener);
  });
  return errors;
}

/** Resolves when unhandled errors, if any, have surfaced. */
export const surfaced = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));

/** A promise that never settles. */
export const forever: Promise<never> = new Promise(() => {});

/** Resolves when the signal aborts. */
export const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => void whenAborted(signal, resolve));

/** A hook that never ends, and hears nothing. */
export const hang = (): Promise<never> => forever;
