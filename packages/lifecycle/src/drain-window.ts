import type { Clock } from "./clock.ts";
import { whenAborted } from "./until.ts";

/**
 * A way in for new work from outside, such as a listening server. A stop begins with a drain window only while a door
 * is open: where no route leads, none has to move.
 */
export interface Door extends Disposable {
  /** Tells the window that new work found its way here: a new connection, say. */
  arrived(): void;
}

/** The bounds of the drain window. */
export interface DrainWindowOptions {
  /** The window is open at least this long. */
  readonly minMs: number;
  /** The window is open at most this long. */
  readonly maxMs: number;
  /** Between the two it ends once nothing has arrived for this long. */
  readonly quietMs: number;
}

/** The doors of one life, and the window that keeps them open while routes move away. */
export interface DrainWindow {
  open(): Door;
  /**
   * Waits until the window is over: at once without a door, and at once when `cut` aborts. Bounds that are narrowed
   * meanwhile count from the next look at them.
   */
  pass(bounds: DrainWindowOptions, cut: AbortSignal): Promise<void>;
}

/** No door is open yet. */
export function createDrainWindow(clock: Clock): DrainWindow {
  const doors = new Set<Door>();
  let lastArrival = -Infinity;

  return {
    open() {
      const door: Door = {
        arrived: () => void (lastArrival = clock.now()),
        [Symbol.dispose]: () => void doors.delete(door),
      };
      doors.add(door);
      return door;
    },
    async pass(bounds, cut) {
      const start = clock.now();
      const remainingMs = (): number => {
        const byArrivals = Math.max(start + bounds.minMs, lastArrival + bounds.quietMs);
        return Math.min(byArrivals, start + bounds.maxMs) - clock.now();
      };
      for (let ms = remainingMs(); ms > 0 && doors.size > 0 && !cut.aborted; ms = remainingMs()) {
        await sleep(clock, ms, cut);
      }
    },
  };
}

async function sleep(clock: Clock, ms: number, cut: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = clock.after(ms, resolve, { ref: true });
  const listening = whenAborted(cut, () => {
    timer[Symbol.dispose]();
    resolve();
  });
  await promise;
  listening[Symbol.dispose]();
}
