import assert from "node:assert/strict";
import { test } from "node:test";
import { createManualClock } from "@seaworthy/lifecycle/testing";
import { type Receiver, startReceiver } from "../src/index.ts";
import { own } from "./own.ts";

async function send(receiver: Receiver, ...names: string[]): Promise<void> {
  const spans = names.map((name) => ({ traceId: "a".repeat(32), spanId: "b".repeat(16), name }));
  const response = await fetch(`${receiver.url}/v1/traces`, {
    method: "POST",
    body: JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans }] }] }),
    headers: { "content-type": "application/json" },
  });
  await response.arrayBuffer();
}

test("until gives what the predicate gives, now or after a request", async (t) => {
  const receiver = own(t, await startReceiver({ port: 0 }));
  const coming = receiver.until(({ spans }) => spans().find(({ name }) => name === "b"));
  await send(receiver, "a");
  await send(receiver, "b");
  assert.equal((await coming).name, "b");
  assert.equal((await receiver.until(({ spans }) => spans()[0])).name, "a");
});

test("until takes a predicate that throws for one that is not content yet", async (t) => {
  const receiver = own(t, await startReceiver({ port: 0 }));
  const coming = receiver.until(({ spans }) => {
    assert.equal(spans().length, 1);
    return true;
  });
  await send(receiver, "a");
  assert.equal(await coming, true);
});

test("until says what had arrived when its time is up", async (t) => {
  const clock = createManualClock();
  const receiver = own(t, await startReceiver({ port: 0, clock }));
  await send(receiver, "a", "a", "b");
  receiver.answerWith({ status: 503 });
  await send(receiver, "c");
  const coming = receiver.until(({ logs }) => logs().length > 0, { timeoutMs: 500 });
  const rejected = assert.rejects(coming, {
    code: "ERR_SEAWORTHY_RECEIVER_TIMEOUT",
    message:
      "Expected `({ logs }) => logs().length > 0` to become true within 500 ms, got 2 requests (POST /v1/traces answered " +
      "with 200; POST /v1/traces answered with 503), 3 spans (2 × a; b), no metrics, no log records. Look whether the " +
      "sender has flushed, and where it sends to.",
  });
  await clock.advance(500);
  await rejected;
  assert.equal(clock.waiting(), 0);
});

test("until names what the predicate threw last as the cause", async (t) => {
  const clock = createManualClock();
  const receiver = own(t, await startReceiver({ port: 0, clock }));
  const failure = new Error("not yet");
  const coming = receiver.until(() => {
    throw failure;
  });
  const rejected = assert.rejects(coming, { cause: failure });
  await clock.advance(5_000);
  await rejected;
});
