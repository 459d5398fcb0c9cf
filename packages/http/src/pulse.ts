/** Lets one side say "something changed" and the other wait for the next time. */
export interface Pulse {
  beat(): void;
  /** Resolves at the next beat. */
  next(): Promise<void>;
}

/** A pulse that costs nothing while nobody waits. */
export function createPulse(): Pulse {
  let waiting: PromiseWithResolvers<void> | undefined;
  return {
    beat() {
      waiting?.resolve();
      waiting = undefined;
    },
    next() {
      waiting ??= Promise.withResolvers<void>();
      return waiting.promise;
    },
  };
}
