import assert from "node:assert/strict";
import { test } from "node:test";
import { createPulse } from "../src/pulse.ts";

test("whoever waits hears the next beat, together with all who wait", async () => {
  const pulse = createPulse();
  const waiting = Promise.all([pulse.next(), pulse.next()]);
  pulse.beat();
  await waiting;
});

test("a beat that nobody waited for is not heard later", async () => {
  const pulse = createPulse();
  pulse.beat();
  let heard = false;
  const next = pulse.next().then(() => (heard = true));
  await Promise.resolve();
  await Promise.resolve();
  assert.equal(heard, false);
  pulse.beat();
  await next;
});

test("each wait is for a beat of its own", async () => {
  const pulse = createPulse();
  const first = pulse.next();
  pulse.beat();
  assert.notEqual(pulse.next(), first);
  await first;
});
