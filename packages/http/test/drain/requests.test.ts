import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { HookContext, Lifecycle } from "@seaworthy/lifecycle";
import { createLongLived } from "../../src/drain/long-lived.ts";
import { type OpenRequest, type Requests, createRequests } from "../../src/drain/requests.ts";
import { startedService } from "../service.ts";

interface Stage {
  readonly lifecycle: Lifecycle;
  readonly requests: Requests;
  readonly ended: readonly string[];
  begin(name: string, sentType?: string): OpenRequest;
  /** The window is over, and so is the budget of what is long-lived. */
  endLongLived(): void;
}

function stage(): Stage {
  const { lifecycle } = startedService();
  const longLived = createLongLived(lifecycle, 0, () => {});
  const requests = createRequests(lifecycle, longLived, () => {});
  const ended: string[] = [];
  const spent = new AbortController();
  spent.abort();
  const deadline = { remainingMs: () => 0, passed: spent.signal };
  const context: HookContext = { signal: spent.signal, deadline, reason: { kind: "request", by: "test" }, note() {} };
  return {
    lifecycle,
    requests,
    ended,
    begin: (name, sentType) =>
      requests.begin({ describe: () => `GET ${name}`, sentType: () => sentType, end: () => ended.push(name) }),
    endLongLived: () => longLived.leave(context),
  };
}

describe("a request", () => {
  test("is in flight, for the life too, until its answer is over", () => {
    const { lifecycle, requests, begin } = stage();
    const first = begin("/first");
    begin("/second");
    assert.deepEqual([requests.inFlight(), lifecycle.inFlight.count()], [2, 2]);
    requests.end(first);
    requests.end(first);
    assert.deepEqual([requests.inFlight(), lifecycle.inFlight.count()], [1, 1]);
    assert.deepEqual(
      lifecycle.inFlight.list().map(({ name }) => name),
      ["GET /second"],
    );
  });

  test("that is long-lived is not in flight, and is ended with what is long-lived", () => {
    const { lifecycle, requests, begin, ended, endLongLived } = stage();
    const request = begin("/events");
    requests.keep(request);
    requests.keep(request);
    assert.deepEqual([requests.inFlight(), lifecycle.inFlight.count()], [0, 0]);
    assert.deepEqual(ended, []);
    endLongLived();
    assert.deepEqual(ended, ["/events"]);
  });

  test("that is over is not long-lived any more, nor can it become so", () => {
    const { requests, begin, ended, endLongLived } = stage();
    const [kept, late] = [begin("/kept"), begin("/late")];
    requests.keep(kept);
    requests.end(kept);
    requests.end(late);
    requests.keep(late);
    endLongLived();
    assert.deepEqual([requests.inFlight(), ended], [0, []]);
  });

  const types: Readonly<Record<string, boolean>> = {
    "text/event-stream": true,
    " Text/Event-Stream ; charset=utf-8": true,
    "text/event-stream;charset=utf-8": true,
    "text/event-streams": false,
    "text/plain; x=text/event-stream": false,
    "": false,
  };
  for (const [type, isLongLived] of Object.entries(types)) {
    test(`answered with ${JSON.stringify(type)} is ${isLongLived ? "" : "not "}long-lived`, () => {
      const { requests, begin } = stage();
      begin("/", type);
      begin("/no-headers-yet");
      requests.findEventStreams();
      assert.equal(requests.inFlight(), isLongLived ? 1 : 2);
    });
  }

  test("is told of to who waits for the next one", async () => {
    const { requests, begin } = stage();
    begin("/before");
    let begun = false;
    const next = requests.nextBegun().then(() => (begun = true));
    await Promise.resolve();
    assert.equal(begun, false);
    begin("/next");
    assert.equal(await next, true);
  });
});
