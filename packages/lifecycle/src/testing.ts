import type { Clock } from "./clock.ts";

/** A clock that stands still until a test moves it. */
export interface ManualClock extends Clock {
  /** Moves time on by `ms`, firing what falls due in order and letting promises settle in between. */
  advance(ms: number): Promise<void>;
  /** How many timers are waiting. */
  waiting(): number;
}

interface Timer {
  readonly at: number;
  readonly callback: () => void;
}

/** Makes a {@link ManualClock}. It starts at 0. */
export function createManualClock(): ManualClock {
  const timers = new Set<Timer>();
  let time = 0;

  const settle = async (): Promise<void> => {
    for (let turn = 0; turn < 500; turn += 1) await Promise.resolve();
  };
  const nextDue = (limit: number): Timer | undefined =>
    [...timers].filter(({ at }) => at <= limit).toSorted((a, b) => a.at - b.at)[0];

  return {
    now: () => time,
    after(delayMs, callback) {
      const timer: Timer = { at: time + Math.max(0, delayMs), callback };
      timers.add(timer);
      return { [Symbol.dispose]: () => void timers.delete(timer) };
    },
    turn: settle,
    async advance(ms) {
      const target = time + ms;
      await settle();
      for (let due = nextDue(target); due; due = nextDue(target)) {
        timers.delete(due);
        time = Math.max(time, due.at);
        due.callback();
        await settle();
      }
      time = target;
    },
    waiting: () => timers.size,
  };
}
