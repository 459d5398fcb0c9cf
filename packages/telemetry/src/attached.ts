/** What was attached so far, to be taken back in the reverse order. */
export interface Attached extends Disposable {
  add<Part extends Disposable>(part: Part): Part;
  /** For what has no handle of its own. */
  undo(takeBack: () => void): void;
}

/** Nothing as yet. */
export function createAttached(): Attached {
  const parts: Disposable[] = [];
  return {
    add(part) {
      parts.push(part);
      return part;
    },
    undo: (takeBack) => void parts.push({ [Symbol.dispose]: takeBack }),
    [Symbol.dispose]() {
      for (const part of parts.splice(0).toReversed()) part[Symbol.dispose]();
    },
  };
}
