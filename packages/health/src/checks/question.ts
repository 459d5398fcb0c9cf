import type { CheckContext } from "../check.ts";
import { failure, noAnswer } from "./failure.ts";
import { untilAborted } from "./until-aborted.ts";

/**
 * Wraps a question that cannot be taken back once it is asked: a command on somebody's connection, a call that holds a
 * thread. Who asks stops waiting when the signal aborts, while the question stays asked, and later runs wait for its
 * answer instead of asking again. Without that, a driver that queues while it is offline would be handed one more
 * command by every run, and a name server that hangs would take one thread of the pool after another. When a question
 * asked by an earlier run fails, the run that waits asks it anew: the failure may be old, or that of being given up.
 *
 * A question of several steps reads `waiting()`, the signal of the run that waits now, before each: the run that began
 * it may be over.
 */
export function question<Answer>(
  what: string,
  ask: (waiting: () => AbortSignal) => Answer | PromiseLike<Answer>,
): (context: CheckContext) => Promise<Answer> {
  let waiting: AbortSignal;
  let asked: Promise<Answer> | undefined;
  const answerTo = (signal: AbortSignal): Promise<Answer> => {
    asked ??= (async () => ask(() => waiting))().finally(() => {
      asked = undefined;
    });
    return untilAborted(asked, signal);
  };

  return async ({ signal }) => {
    if (signal.aborted) throw noAnswer(what, signal);
    waiting = signal;
    const isAskedBefore = asked !== undefined;
    try {
      return await answerTo(signal).catch((error: unknown) => {
        if (isAskedBefore && !signal.aborted) return answerTo(signal);
        throw error;
      });
    } catch (error) {
      throw failure(what, error, signal);
    }
  };
}
