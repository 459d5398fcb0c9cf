/** Undoes what was started in it when it is over: a test, or a stretch of a program. */
export interface Scope {
  after(undo: () => Promise<void> | void): void;
}

/** A scope of one's own, for programs. A test has its context. */
export interface OwnScope extends Scope {
  /** Undoes everything, last things first. */
  end(): Promise<void>;
}

export function openScope(): OwnScope {
  const undoings: (() => Promise<void> | void)[] = [];
  return {
    after: (undo) => void undoings.push(undo),
    async end() {
      for (const undo of undoings.splice(0).toReversed()) await undo();
    },
  };
}
