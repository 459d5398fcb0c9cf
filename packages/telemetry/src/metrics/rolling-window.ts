import type { Clock } from "@seaworthy/lifecycle";

/** How far back what is measured over a time reaches, unless told otherwise: the default interval of an OTLP reader. */
export const defaultWindowMs = 60_000;

/** What is shorter would see next to nothing, such as one sample of the event loop, and wake the process up for it. */
const leastWindowMs = 1_000;

/**
 * How far back it has to reach for every reader to see all: for the interval of the push, and, where anybody may scrape,
 * for the minute that Prometheus has between two scrapes by default.
 */
export const windowFor = (pushIntervalMs: number, isScraped: boolean): number =>
  Math.max(pushIntervalMs, isScraped ? defaultWindowMs : leastWindowMs);

/** What has been measured since some moment in the past. */
export interface RollingWindow<T> extends Disposable {
  /** What was begun between one and two windows ago, or at the start of all. */
  readonly oldest: T;
}

/**
 * Keeps two measurements of one kind going, each begun anew every second window, half a turn apart. Whoever asks gets
 * the older one and takes nothing away: any number of readers, each with an interval of up to a window, see every
 * event at least once.
 *
 * `begin` makes a measurement, or starts a past one over.
 */
export function createRollingWindow<T>(clock: Clock, windowMs: number, begin: (past?: T) => T): RollingWindow<T> {
  // Both at once rather than half a turn apart: what they sample with then wakes the process up once, not twice.
  let [older, younger] = [begin(), begin()];
  let timer: Disposable;
  const turn = (): void => {
    [older, younger] = [younger, begin(older)];
    timer = clock.after(windowMs, turn);
  };
  timer = clock.after(windowMs, turn);
  return {
    get oldest() {
      return older;
    },
    [Symbol.dispose]: () => timer[Symbol.dispose](),
  };
}
