import type { Tally } from "./tally.ts";

/** What a processor is flushed and stopped by. */
interface Flushing {
  forceFlush(): Promise<void>;
  shutdown(): Promise<void>;
}

/**
 * Flushes a processor as the specification has it: it is over when all that was handed in before has been answered. That of
 * spans does not wait for what is under way; that of log records does nothing while it is flushed already, and stopped just
 * then it forgets what came in between. So they are done one after another.
 */
export function flushInTurn(processor: Flushing, tally: Tally): Flushing {
  let flushed = Promise.resolve();
  const afterwards = (step: () => Promise<void>): Promise<void> => {
    const ended = flushed.then(step);
    flushed = ended.catch(() => {});
    return ended;
  };
  return {
    forceFlush: () =>
      afterwards(async () => {
        try {
          await processor.forceFlush();
        } finally {
          await tally.whenIdle();
        }
      }),
    shutdown: () => afterwards(() => processor.shutdown()),
  };
}
