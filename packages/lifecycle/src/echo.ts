import type { Clock } from "./clock.ts";

/** Whatever comes again this soon is the same thing heard twice. */
const echoMs = 50;

/** Tells what is heard twice from what happens twice. */
export interface Echo extends Disposable {
  /** Whether this was heard just now; if not, it is from here on. */
  repeats(what: string): boolean;
}

/**
 * Nothing has been heard yet. The time runs from the end of whatever hearing it set off, and ends only after the loop
 * has polled once more: on a starved CPU both may be handled long after they arrived together.
 */
export function createEcho(clock: Clock): Echo {
  let heard: string | undefined;
  let timer: Disposable | undefined;

  const forget = async (what: string): Promise<void> => {
    await clock.turn();
    if (heard === what) heard = undefined;
  };
  const listen = async (what: string): Promise<void> => {
    await clock.turn();
    if (heard === what) timer = clock.after(echoMs, () => void forget(what));
  };

  return {
    repeats(what) {
      if (heard === what) return true;
      timer?.[Symbol.dispose]();
      heard = what;
      void listen(what);
      return false;
    },
    [Symbol.dispose]() {
      heard = undefined;
      timer?.[Symbol.dispose]();
    },
  };
}
