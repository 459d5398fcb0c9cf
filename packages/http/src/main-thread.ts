import type { Clock } from "@seaworthy/lifecycle";
import { textAnswer } from "./probe-answer.ts";
import type { FromProbeThread } from "./probe-messages.ts";
import type { RouteAnswer, RouteRequest } from "./probe-routes.ts";

/** The main thread, as the probe thread asks it what it cannot know itself. */
export interface MainThread {
  /** Resolves with its answer, or with an honest 503. Never rejects. */
  ask(request: RouteRequest): Promise<RouteAnswer>;
  /** The main thread has taken the question: from here it may take its time, as long as it comes round. */
  taken(id: number): void;
  answer(id: number, answer: RouteAnswer): void;
  /** The main thread stands still: whoever waits for what it has taken is told so. */
  stalled(): void;
}

/** A main thread that comes round takes a question at once. */
const takeWithinMs = 1_000;
/** Questions to a main thread that does not come round pile up there: so many and no more. */
const mostUntaken = 64;

/** Nothing asked yet. `post` hands a question over. */
export function createMainThread(
  clock: Clock,
  post: (message: Extract<FromProbeThread, { kind: "ask" | "withdraw" }>) => void,
): MainThread {
  const waiting = new Map<number, (answer: RouteAnswer) => void>();
  const untaken = new Map<number, Disposable>();
  let last = 0;
  const busy = (what: string): RouteAnswer => textAnswer(503, `The main thread does not come round: ${what}.\n`);
  const untakenAnswer = (): RouteAnswer => busy(`it took no question within ${takeWithinMs / 1_000} s`);

  return {
    ask(request) {
      if (untaken.size >= mostUntaken) return Promise.resolve(untakenAnswer());
      last += 1;
      const id = last;
      const { promise, resolve } = Promise.withResolvers<RouteAnswer>();
      waiting.set(id, resolve);
      const timer = clock.after(takeWithinMs, () => {
        waiting.delete(id);
        post({ kind: "withdraw", id });
        resolve(untakenAnswer());
      });
      untaken.set(id, timer);
      post({ kind: "ask", id, request });
      return promise;
    },
    taken(id) {
      untaken.get(id)?.[Symbol.dispose]();
      untaken.delete(id);
    },
    answer(id, answer) {
      waiting.get(id)?.(answer);
      waiting.delete(id);
    },
    stalled() {
      for (const [id, resolve] of waiting) {
        if (untaken.has(id)) continue;
        waiting.delete(id);
        resolve(busy("it took this question and stands still since"));
      }
    },
  };
}
