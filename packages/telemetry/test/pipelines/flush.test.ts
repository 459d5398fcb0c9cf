import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { createManualClock } from "@seaworthy/lifecycle/testing";
import { type Flushable, describeDeliveries, flush } from "../../src/pipelines/flush.ts";
import { createTally } from "../../src/pipelines/tally.ts";

const never = new Promise<never>(() => {});
const unaborted = (): AbortSignal => new AbortController().signal;

function pipeline(shutdown: () => Promise<void>, whenHopeless?: () => Promise<void>): Flushable {
  const tally = createTally();
  tally.accept(5);
  tally.beginExport(5);
  return { tally, shutdown, ...(whenHopeless && { whenHopeless }) };
}

describe("a flush", () => {
  test("waits for the answers to what was under way, also when the shutdown failed before", async () => {
    const clock = createManualClock();
    const traces = pipeline(() => Promise.reject(new Error("one batch failed")));
    const flushing = flush({ traces }, { clock, budgetMs: 3_000, signal: unaborted() });
    await clock.advance(1_000);
    traces.tally.endExport(5, true);
    assert.deepEqual(await flushing, { traces: { sent: 5, lost: 0 } });
    assert.equal(clock.waiting(), 0);
  });

  test("is over with its budget, and counts what has no answer as lost", async () => {
    const clock = createManualClock();
    const flushing = flush({ logs: pipeline(() => never) }, { clock, budgetMs: 3_000, signal: unaborted() });
    let isOver = false;
    void flushing.then(() => (isOver = true));
    await clock.advance(2_999);
    assert.equal(isOver, false);
    await clock.advance(1);
    assert.deepEqual(await flushing, { logs: { sent: 0, lost: 5 } });
  });

  test("is over with its signal", async () => {
    const abort = new AbortController();
    const limits = { clock: createManualClock(), budgetMs: 3_000, signal: abort.signal };
    const flushing = flush({ logs: pipeline(() => never) }, limits);
    abort.abort();
    assert.deepEqual(await flushing, { logs: { sent: 0, lost: 5 } });
    assert.deepEqual(await flush({ logs: pipeline(() => never) }, limits), { logs: { sent: 0, lost: 5 } });
  });

  test("does not wait for a pipeline without hope, but for the others", async () => {
    const clock = createManualClock();
    const hopeless = Promise.withResolvers<void>();
    const traces = pipeline(
      () => never,
      () => hopeless.promise,
    );
    const metrics = pipeline(
      () => Promise.resolve(),
      () => never,
    );
    const flushing = flush({ traces, metrics }, { clock, budgetMs: 3_000, signal: unaborted() });
    hopeless.resolve();
    await clock.advance(100);
    metrics.tally.endExport(5, true);
    assert.deepEqual(await flushing, { traces: { sent: 0, lost: 5 }, metrics: { sent: 5, lost: 0 } });
  });
});

test("what was delivered reads in one line", () => {
  const deliveries = { traces: { sent: 12, lost: 0 }, metrics: { sent: 1, lost: 3 }, logs: { sent: 0, lost: 0 } };
  assert.equal(describeDeliveries(deliveries), "12 spans sent; 1 data point sent, 3 lost; 0 log records sent");
});
