/** Who wants to hear of something. */
export interface Listeners {
  /** Disposing takes the listener off again. */
  add(listener: () => void): Disposable;
  /** One that throws keeps nobody else from hearing; its error goes where that of an `AbortSignal`'s listener goes. */
  tell(): void;
}

/** Nobody listens yet. */
export function createListeners(): Listeners {
  // One object each: the same function may listen twice.
  const entries = new Set<{ readonly listener: () => void }>();
  return {
    add(listener) {
      const entry = { listener };
      entries.add(entry);
      return { [Symbol.dispose]: () => void entries.delete(entry) };
    },
    tell() {
      for (const { listener } of entries) {
        try {
          listener();
        } catch (error) {
          queueMicrotask(() => {
            throw error;
          });
        }
      }
    },
  };
}
