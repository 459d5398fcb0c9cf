import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { beat, beatMs, createHeartbeat, listenForBeats } from "../src/heartbeat.ts";

/** A heartbeat, and a look at it at a time that the test says. */
function watched(): { readonly beat: () => void; readonly ageAt: (ms: number) => number } {
  const heartbeat = createHeartbeat();
  let now = 0;
  const age = listenForBeats(heartbeat, () => now);
  return {
    beat: () => beat(heartbeat),
    ageAt(ms) {
      now = ms;
      return age();
    },
  };
}

describe("the age of a heartbeat", () => {
  test("is how long no beat was heard", () => {
    const { ageAt } = watched();
    assert.equal(ageAt(0), 0);
    assert.equal(ageAt(beatMs), beatMs);
    assert.equal(ageAt(2 * beatMs), 2 * beatMs);
    assert.equal(ageAt(2 * beatMs + 1), 2 * beatMs + 1);
  });

  test("is none once a beat is heard, however long there was none", () => {
    const { beat: beats, ageAt } = watched();
    for (let ms = 0; ms <= 40_000; ms += beatMs) ageAt(ms);
    beats();
    assert.equal(ageAt(40_100), 0);
    assert.equal(ageAt(40_300), 200);
  });

  test("counts only time in which whoever looks was running: a process that stood still is not blamed", () => {
    const { ageAt } = watched();
    ageAt(beatMs);
    assert.equal(ageAt(10 * 60_000), beatMs + 1.25 * beatMs);
  });

  test("outlives the range of its counter", () => {
    const heartbeat = createHeartbeat();
    new Int32Array(heartbeat)[0] = 2 ** 31 - 1;
    let now = 0;
    const age = listenForBeats(heartbeat, () => now);
    now = 100;
    assert.equal(age(), 100);
    beat(heartbeat);
    assert.equal(age(), 0);
  });
});
