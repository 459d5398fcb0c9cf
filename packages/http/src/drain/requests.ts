import type { Hook, Lifecycle } from "@seaworthy/lifecycle";
import { createPulse } from "../pulse.ts";
import type { LongLived } from "./long-lived.ts";

/** The answer to a request, over either protocol. */
export interface Answer {
  /** The content type, once the headers were sent. */
  sentType(): string | undefined;
  /** Ends it in order, unless the application has. */
  end(): void;
}

/** A request that was accepted and whose answer is not over. */
export interface OpenRequest {
  /** Says that its answer is over, whichever way. */
  end(): void;
  /** Takes it for long-lived: it is in flight no more, and has the budget of long-lived responses. */
  keep(onLeave?: Hook): void;
}

/** The requests of one server. */
export interface Requests {
  begin(answer: Answer, describe: () => string): OpenRequest;
  /** How many are in flight; the long-lived ones are not. */
  inFlight(): number;
  /** Resolves when the next one begins. */
  nextBegun(): Promise<void>;
  /** Takes those for long-lived whose answer turned out to be a stream of events. */
  findEventStreams(): void;
}

interface Entry extends OpenRequest {
  readonly answer: Answer;
}

/** No request yet; `onChange` hears of every begin and end. */
export function createRequests(lifecycle: Lifecycle, longLived: LongLived, onChange: () => void): Requests {
  const counted = new Set<Entry>();
  const begun = createPulse();

  return {
    begin(answer, describe) {
      const work = lifecycle.beginWork(describe);
      let kept: Disposable | undefined;
      let over = false;
      const countOut = (): void => {
        if (!counted.delete(entry)) return;
        work.end();
        onChange();
      };
      const entry: Entry = {
        answer,
        end() {
          over = true;
          countOut();
          kept?.[Symbol.dispose]();
        },
        keep(onLeave) {
          if (over) return;
          kept?.[Symbol.dispose]();
          kept = longLived.keep({ end: () => answer.end(), onLeave });
          countOut();
        },
      };
      counted.add(entry);
      begun.beat();
      onChange();
      return entry;
    },
    inFlight: () => counted.size,
    nextBegun: () => begun.next(),
    findEventStreams() {
      for (const { answer, keep } of counted) if (isEventStream(answer.sentType())) keep();
    },
  };
}

/** The media type of server-sent events (html.spec.whatwg.org, section 9.2). */
const isEventStream = (type: string | undefined): boolean => /^\s*text\/event-stream\s*(;|$)/i.test(type ?? "");
