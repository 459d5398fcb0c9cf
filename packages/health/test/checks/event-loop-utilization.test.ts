import assert from "node:assert/strict";
import { before, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { type EventLoopUtilizationOptions, eventLoopUtilization } from "../../src/checks/event-loop-utilization.ts";
import { assertRefused } from "./options.ts";
import { failureOf, run } from "./run.ts";
import { block, fewTurns } from "./until.ts";

// Until the event loop has begun to turn, its utilization is 0.
before(fewTurns);

test("the first run passes, as it has nothing to compare with", async () => {
  block(20);
  await run(eventLoopUtilization({ max: 0.000_001 }));
});

test("a loop that never waited since the run before fails the check", async () => {
  const check = eventLoopUtilization({ max: 0.99 });
  await run(check);
  block(50);
  const error = await failureOf(check);
  assert.equal(error.message, "Event loop utilization is 100 %, limit 99 %");
});

test("a loop that mostly waited since the run before passes, whatever came earlier", async () => {
  const check = eventLoopUtilization({ max: 0.4 });
  await run(check);
  block(300);
  await failureOf(check);
  await sleep(300);
  await run(check);
});

test("options of the wrong type or range are refused", () => {
  for (const max of [undefined, 0, 1.1, -1, Number.NaN, "0.9"]) {
    assertRefused(() => eventLoopUtilization({ max } as EventLoopUtilizationOptions), "`max`");
  }
  assertRefused(() => eventLoopUtilization(null as never), "eventLoopUtilization()");
});
