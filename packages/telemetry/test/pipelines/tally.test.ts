import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { createTally } from "../../src/pipelines/tally.ts";

describe("the books of a pipeline", () => {
  test("follow items from the queue to the other side", () => {
    const tally = createTally();
    tally.accept(10);
    tally.drop(1);
    tally.beginExport(6);
    tally.beginExport(3);
    assert.deepEqual(tally.counts(), { accepted: 10, sent: 0, failed: 0, dropped: 1, exporting: 9 });
    tally.endExport(6, true);
    tally.endExport(3, false);
    assert.deepEqual(tally.counts(), { accepted: 10, sent: 6, failed: 3, dropped: 1, exporting: 0 });
  });

  test("count what was rejected as failed, whether it is told before the export has ended or after", () => {
    const tally = createTally();
    tally.accept(10);
    tally.beginExport(10);
    tally.reject(4);
    tally.endExport(10, true);
    assert.deepEqual(tally.counts(), { accepted: 10, sent: 6, failed: 4, dropped: 0, exporting: 0 });
  });

  test("take no rejection of more than was on the way", () => {
    const tally = createTally();
    tally.accept(10);
    tally.beginExport(10);
    assert.equal(tally.reject(1e300), 10);
    tally.endExport(10, true);
    assert.deepEqual(tally.counts(), { accepted: 10, sent: 0, failed: 10, dropped: 0, exporting: 0 });
  });

  test("count what cannot be encoded as failed, and hold it against nobody", () => {
    const tally = createTally();
    tally.accept(2);
    tally.beginExport(2);
    tally.endExport(1, true);
    tally.discard(1);
    assert.deepEqual(tally.counts(), { accepted: 2, sent: 1, failed: 1, dropped: 0, exporting: 0 });
    assert.equal(tally.isFailing(), false);
  });

  test("are idle when no export is under way, and tell everyone who waits", async () => {
    const tally = createTally();
    await tally.whenIdle();
    tally.beginExport(1);
    tally.beginExport(1);
    let idle = 0;
    const waiting = [tally.whenIdle(), tally.whenIdle()].map((promise) => promise.then(() => (idle += 1)));
    tally.endExport(1, true);
    await Promise.resolve();
    assert.equal(idle, 0);
    tally.endExport(1, false);
    await Promise.all(waiting);
    assert.equal(idle, 2);
  });
});
