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

/** Work that somebody counts for himself, as a server does its requests. */
export interface WorkSource {
  count(): number;
  /** How many pieces of work have ended so far. */
  ended(): number;
  list(): readonly { readonly name: string | (() => string); readonly ageMs: number }[];
}

/** A source that is counted. Disposing forgets it, once nothing of it is in hand. */
export interface CountedSource extends Disposable {
  /** Says that a piece of its work has ended, and that it was the last in hand. */
  idle(): void;
}

/** The work accepted and not yet finished. */
export interface InFlight {
  /** Takes a piece of work in hand. The name may be a function, called only if the work has to be named. */
  begin(name: string | (() => string)): Work;
  /** Counts what a source has in hand too. */
  add(source: WorkSource): CountedSource;
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
  const sources = new Set<WorkSource>();
  const waiters = new Set<() => void>();
  let ended = 0;

  const count = (): number => {
    let sum = entries.size;
    for (const source of sources) sum += source.count();
    return sum;
  };
  const tellIfIdle = (): void => {
    if (waiters.size === 0 || count() > 0) return;
    for (const resolve of waiters) resolve();
    waiters.clear();
  };

  return {
    begin(name) {
      const entry: Entry = { name, since: now() };
      entries.add(entry);
      const end = (): void => {
        if (!entries.delete(entry)) return;
        ended += 1;
        tellIfIdle();
      };
      return { end, [Symbol.dispose]: end };
    },
    add(source) {
      sources.add(source);
      let isLeft = false;
      const forgetIfIdle = (): void => {
        if (!isLeft || source.count() > 0 || !sources.delete(source)) return;
        ended += source.ended();
      };
      return {
        idle() {
          forgetIfIdle();
          tellIfIdle();
        },
        [Symbol.dispose]() {
          isLeft = true;
          forgetIfIdle();
        },
      };
    },
    count,
    ended() {
      let sum = ended;
      for (const source of sources) sum += source.ended();
      return sum;
    },
    whenIdle: () => (count() === 0 ? Promise.resolve() : new Promise((resolve) => void waiters.add(resolve))),
    list() {
      const own = [...entries].map(({ name, since }) => ({ name, ageMs: now() - since }));
      const all = [own, ...[...sources].map((source) => source.list())].flat();
      return all.map(({ name, ageMs }) => ({ name: typeof name === "string" ? name : nameBy(name), ageMs }));
    },
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
