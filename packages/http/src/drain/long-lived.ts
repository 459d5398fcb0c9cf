import { type Hook, type HookContext, type Lifecycle, messageOf, whenAborted } from "@seaworthy/lifecycle";

/** Something that has no end of its own: an upgraded socket, an event stream. */
export interface LongLivedThing {
  /** Ends it in order, unless it has ended. */
  end(): void;
  /** Says its last words when the drain window is over; it is ended when this has settled. */
  readonly onLeave?: Hook | undefined;
}

/** What a server keeps beside the requests in flight, and for how long. */
export interface LongLived extends Disposable {
  /** Keeps something until it is disposed of, or ended with the budget. */
  keep(thing: LongLivedThing): Disposable;
  count(): number;
  /** Says that the window is over: last words are spoken, and the budget begins. */
  leave(context: HookContext): void;
}

/** Keeps nothing yet; `onChange` hears of what is kept, and of what is kept no more. */
export function createLongLived(lifecycle: Lifecycle, longLivedMs: number, onChange: () => void): LongLived {
  const kept = new Set<LongLivedThing>();
  const spent = new AbortController();
  let leaving: HookContext | undefined;
  let parts: readonly Disposable[] = [];

  const release = (thing: LongLivedThing): boolean => {
    const wasKept = kept.delete(thing);
    if (wasKept) onChange();
    return wasKept;
  };
  const end = (thing: LongLivedThing): void => {
    if (release(thing)) thing.end();
  };
  const speakLastWords = async (thing: LongLivedThing, context: HookContext): Promise<void> => {
    if (!thing.onLeave) return;
    try {
      await thing.onLeave(context);
    } catch (error) {
      const message = `The onLeave hook of a long-lived response failed: ${messageOf(error)}. The response was ended.`;
      lifecycle.publish("notice", { code: "long-lived", message });
    }
    end(thing);
  };
  const spend = (): void => {
    spent.abort(new DOMException("The budget of long-lived responses is spent.", "TimeoutError"));
    for (const thing of kept) end(thing);
  };

  return {
    keep(thing) {
      kept.add(thing);
      onChange();
      if (leaving) void speakLastWords(thing, leaving);
      if (spent.signal.aborted) end(thing);
      return { [Symbol.dispose]: () => void release(thing) };
    },
    count: () => kept.size,
    leave(context) {
      leaving = { ...context, signal: spent.signal };
      parts = [lifecycle.clock.after(longLivedMs, spend, { ref: true }), whenAborted(context.signal, spend)];
      for (const thing of kept) void speakLastWords(thing, leaving);
    },
    [Symbol.dispose]: () => parts.forEach((part) => part[Symbol.dispose]()),
  };
}
