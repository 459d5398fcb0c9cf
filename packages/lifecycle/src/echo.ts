import type { Clock } from "./clock.ts";

/** Whatever comes again this soon is the same thing heard twice. */
const echoMs = 50;

/** Tells what is heard twice from what happens twice. */
export interface Echo extends Disposable {
  /** Whether this was heard just now; if not, it is from here on. */
  repeats(what: string): boolean;
}

/**
 * Nothing has been heard yet. What was heard is forgotten only after the loop has polled once more: on a starved CPU
 * two things that arrived together may be handled long after one another.
 */
export function createEcho(clock: Clock): Echo {
  let heard: string | undefined;
  let timer: Disposable | undefined;

  const forget = async (what: string): Promise<void> => {
    await clock.turn();
    if (heard === what) heard = undefined;
  };

  return {
    repeats(what) {
      if (heard === what) return true;
      timer?.[Symbol.dispose]();
      heard = what;
      timer = clock.after(echoMs, () => void forget(what));
      return false;
    },
    [Symbol.dispose]: () => timer?.[Symbol.dispose](),
  };
}
