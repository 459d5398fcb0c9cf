import type { Hook, Lifecycle } from "@seaworthy/lifecycle";
import { createPulse } from "../pulse.ts";
import type { LongLived } from "./long-lived.ts";

/** The answer to a request, over either protocol. */
export interface Answer {
  /** Method and path of the request. */
  describe(): string;
  /** The content type, once the headers were sent. */
  sentType(): string | undefined;
  /** Ends it in order, unless the application has. */
  end(): void;
}

/** A request that was accepted and whose answer is not over. */
export interface OpenRequest {
  readonly answer: Answer;
  readonly since: number;
  kept: Disposable | undefined;
}

/** The requests of one server. Disposing lets go of them, once none is in flight. */
export interface Requests extends Disposable {
  begin(answer: Answer): OpenRequest;
  /** Says that its answer is over, whichever way. */
  end(request: OpenRequest): void;
  /** Takes it for long-lived: it is in flight no more, and has the budget of long-lived responses. */
  keep(request: OpenRequest, onLeave?: Hook): void;
  /** How many are in flight; the long-lived ones are not. */
  inFlight(): number;
  /** Resolves when the next one begins. */
  nextBegun(): Promise<void>;
  /** Takes those for long-lived whose answer turned out to be a stream of events. */
  findEventStreams(): void;
}

/** No request yet; `onChange` hears of every begin and end. Every request pays for `begin` and `end`: no closures. */
export function createRequests({ clock, countWork }: Lifecycle, longLived: LongLived, onChange: () => void): Requests {
  const counted = new Set<OpenRequest>();
  const begun = createPulse();
  let ended = 0;
  const source = countWork({
    count: () => counted.size,
    ended: () => ended,
    list: () =>
      [...counted].map(({ answer, since }) => ({ name: () => answer.describe(), ageMs: clock.now() - since })),
  });

  const countOut = (request: OpenRequest): void => {
    if (!counted.delete(request)) return;
    ended += 1;
    if (counted.size === 0) source.idle();
    onChange();
  };
  const keep = (request: OpenRequest, onLeave?: Hook): void => {
    const { answer, kept } = request;
    if (!kept && !counted.has(request)) return;
    kept?.[Symbol.dispose]();
    request.kept = longLived.keep({ end: () => answer.end(), onLeave });
    countOut(request);
  };

  return {
    begin(answer) {
      const request: OpenRequest = { answer, since: clock.now(), kept: undefined };
      counted.add(request);
      begun.beat();
      onChange();
      return request;
    },
    end(request) {
      const { kept } = request;
      request.kept = undefined;
      countOut(request);
      kept?.[Symbol.dispose]();
    },
    keep,
    inFlight: () => counted.size,
    nextBegun: () => begun.next(),
    findEventStreams() {
      for (const request of counted) if (isEventStream(request.answer.sentType())) keep(request);
    },
    [Symbol.dispose]: () => source[Symbol.dispose](),
  };
}

/** The media type of server-sent events (html.spec.whatwg.org, section 9.2). */
const isEventStream = (type: string | undefined): boolean => /^\s*text\/event-stream\s*(;|$)/i.test(type ?? "");
