import type { IncomingMessage, ServerResponse } from "node:http";
import { until } from "./until.ts";

/** Requests that are in flight until they are let go. */
export interface HeldRequests {
  listener(request: IncomingMessage, response: ServerResponse): void;
  /** Waits until so many are held. */
  whenHeld(count: number): Promise<void>;
  /** Lets all go, those to come included. */
  release(): void;
}

type Answering = (request: IncomingMessage, response: ServerResponse) => void;

/** Answers `done` when let go, unless told to answer otherwise. */
export function holdRequests(answer: Answering = (_request, response) => void response.end("done")): HeldRequests {
  const { promise: released, resolve: release } = Promise.withResolvers<void>();
  let held = 0;
  return {
    listener(request, response) {
      held += 1;
      void released.then(() => answer(request, response));
    },
    whenHeld: (count) => until(() => held >= count),
    release,
  };
}
