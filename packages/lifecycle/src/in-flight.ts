import { messageOf } from "./reason.ts";

/** One piece of work in hand. Ending it twice changes nothing. */
export interface Work extends Disposable {
  end(): void;
}

/** What was in flight, as a report tells it. */
export interface WorkRecord {
  readonly name: string;
  readonly ageMs: number;
}

/** The work accepted and not yet finished. */
export interface InFlight {
  /** Takes a piece of work in hand. The name may be a function, called only if the work has to be named. */
  begin(name: string | (() => string)): Work;
  count(): number;
  /** How many pieces of work have ended so far. */
  ended(): number;
  /** Resolves when nothing is in hand. */
  whenIdle(): Promise<void>;
  list(): readonly WorkRecord[];
}

interface Entry {
  readonly name: string | (() => string);
  readonly since: number;
}

/** An empty hand; `now` is a monotonic clock. */
export function createInFlight(now: () => number): InFlight {
  const entries = new Set<Entry>();
  const waiters = new Set<() => void>();
  let ended = 0;

  return {
    begin(name) {
      const entry: Entry = { name, since: now() };
      entries.add(entry);
      const end = (): void => {
        if (!entries.delete(entry)) return;
        ended += 1;
        if (entries.size > 0) return;
        for (const resolve of waiters) resolve();
        waiters.clear();
      };
      return { end, [Symbol.dispose]: end };
    },
    count: () => entries.size,
    ended: () => ended,
    whenIdle: () => (entries.size === 0 ? Promise.resolve() : new Promise((resolve) => void waiters.add(resolve))),
    list: () =>
      [...entries].map(({ name, since }) => ({
        name: typeof name === "string" ? name : nameBy(name),
        ageMs: now() - since,
      })),
  };
}

/** A name that cannot be made must not be what keeps a stop from ending. */
function nameBy(name: () => string): string {
  try {
    return name();
  } catch (error) {
    return `unnamed work (${messageOf(error)})`;
  }
}
