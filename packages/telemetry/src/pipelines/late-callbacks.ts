import {
  type CollectionResult,
  type IMetricReader,
  type MeterProvider,
  TimeoutError,
} from "@opentelemetry/sdk-metrics";
import type { Clock } from "@seaworthy/lifecycle";
import type { Tell } from "../channels.ts";
import { type Observe, watchCallbacks } from "./watch-callbacks.ts";

/** Observable callbacks that do not settle in time. What they observe is left out, and nothing else. */
export interface LateCallbacks {
  /** Names them as the instruments of this provider are named. */
  watchMeters(provider: MeterProvider): void;
  /** Tells of those that its collections go without. */
  watchReader(reader: IMetricReader): void;
  /** No collection waits longer than that from here on, also none that is under way, and for none that was late before. */
  hurry(mostMs: number): void;
}

/** A callback of the application. */
interface Watched {
  readonly names: ReadonlySet<string>;
  /** When the call began that a collection went without; undefined when it has settled since. */
  lateSince: number | undefined;
  toldAt: number;
}

/** A call of it that is waited for. */
interface Call {
  readonly of: Watched;
  readonly begunAt: number;
  giveUp(): void;
}

/** A callback is not waited for any longer. */
class LateCallback extends Error {
  readonly of: Watched;

  constructor(of: Watched) {
    super("An observable callback did not settle in time");
    this.of = of;
  }
}

/** While it lasts each is told this often, and so many are told by name. */
const repeatMs = 60_000;
const mostNames = 5;

/** Nobody late yet. */
export function createLateCallbacks(clock: Clock, tell: Tell): LateCallbacks {
  const awaited = new Set<Call>();
  let hurryMs: number | undefined;

  function watch(callback: Observe, names: ReadonlySet<string>): Observe {
    const watched: Watched = { names, lateSince: undefined, toldAt: Number.NEGATIVE_INFINITY };
    return (result) => {
      if (hurryMs !== undefined && watched.lateSince !== undefined) throw new LateCallback(watched);
      const outcome = callback(result);
      return isThenable(outcome) ? untilGivenUp(outcome, watched) : undefined;
    };
  }

  function untilGivenUp(outcome: PromiseLike<unknown>, of: Watched): Promise<unknown> {
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    const call: Call = { of, begunAt: clock.now(), giveUp: () => reject(new LateCallback(of)) };
    awaited.add(call);
    const settled = (): void => {
      awaited.delete(call);
      of.lateSince = undefined;
    };
    outcome.then(
      (value) => {
        settled();
        resolve(value);
      },
      (error: unknown) => {
        settled();
        reject(error);
      },
    );
    return promise;
  }

  /** Marks what a collection went without. */
  function lateIn({ errors }: CollectionResult, calls: readonly Call[]): ReadonlySet<Watched> {
    for (const call of calls) {
      // One that hangs for ever is not held on to.
      if (awaited.delete(call)) call.of.lateSince ??= call.begunAt;
    }
    const known = errors.flatMap((error) => (error instanceof LateCallback ? [error.of] : []));
    return new Set([...known, ...calls.map(({ of }) => of)].filter(({ lateSince }) => lateSince !== undefined));
  }

  function tellOf(late: ReadonlySet<Watched>): void {
    const now = clock.now();
    const due = [...late].filter(({ toldAt }) => now - toldAt >= repeatMs);
    if (due.length === 0) return;
    for (const watched of due) watched.toldAt = now;
    const names = [...new Set(due.flatMap((watched) => [...watched.names]))];
    const shown = names.slice(0, mostNames).map((name) => `"${name}"`);
    const more = names.length > shown.length ? [`${names.length - shown.length} more`] : [];
    const seconds = (now - Math.min(...due.map(({ lateSince = now }) => lateSince))) / 1_000;
    const message =
      `What observes ${[...shown, ...more].join(", ")} has not settled after ${seconds.toFixed(1)} s: it is left out of ` +
      "what is collected. Have the observable callback give up in time what it waits for.";
    tell({ level: "warn", code: "pipeline", message });
  }

  return {
    watchMeters: (provider) => watchCallbacks(provider, watch),
    watchReader(reader) {
      const collect = reader.collect.bind(reader);
      reader.collect = async (options) => {
        const { timeoutMillis = Infinity } = options ?? {};
        const inTime = hurryMs === undefined ? options : { timeoutMillis: Math.min(hurryMs, timeoutMillis) };
        const before = new Set(awaited);
        const collecting = collect(inTime);
        // The SDK calls all callbacks before it waits for the first.
        const calls = [...awaited].filter((call) => !before.has(call));
        const collected = await collecting;
        if (!collected.errors.some(isLate)) return collected;
        tellOf(lateIn(collected, calls));
        return { ...collected, errors: collected.errors.filter((error) => !isLate(error)) };
      };
    },
    hurry(mostMs) {
      hurryMs = mostMs;
      const underWay = [...awaited];
      clock.after(mostMs, () => {
        for (const call of underWay) call.giveUp();
      });
    },
  };
}

const isLate = (error: unknown): boolean => error instanceof LateCallback || error instanceof TimeoutError;

const isThenable = (value: unknown): value is PromiseLike<unknown> =>
  typeof value === "object" && value !== null && typeof (value as { then?: unknown }).then === "function";
