import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { ExportResponse } from "@opentelemetry/otlp-exporter-base";
import { createManualClock } from "@seaworthy/lifecycle/testing";
import { tryingAgain } from "../../src/exporters/try-again.ts";

const bytes = Uint8Array.of(1);
const success: ExportResponse = { status: "success" };
const failure = (code: number, message = ""): ExportResponse => ({
  status: "failure",
  error: Object.assign(new Error(message), { code }),
});
const unavailable = failure(14, "14 UNAVAILABLE: No connection established. Last error: ECONNREFUSED");

/** A transport that is answered in turn, the last answer again and again, and the moments at which it tried. */
function startTrying(answers: readonly (ExportResponse | Promise<ExportResponse>)[], timeoutMs = 10_000) {
  const clock = createManualClock();
  const tries: number[] = [];
  const unreached: Error[] = [];
  const once = {
    async send(): Promise<ExportResponse> {
      tries.push(clock.now());
      return (await answers[Math.min(tries.length, answers.length) - 1]) ?? success;
    },
    shutdown() {},
  };
  const transport = tryingAgain(once, { clock, onUnreached: (error) => unreached.push(error) });
  return { clock, tries, unreached, response: transport.send(bytes, timeoutMs) };
}

describe("an export over gRPC", () => {
  test("is tried again after what passes, and later each time", async () => {
    const { clock, tries, response } = startTrying([unavailable, unavailable, unavailable, success]);
    await clock.advance(10_000);
    assert.deepEqual(await response, success);
    const [first = 0, second = 0, third = 0, fourth = 0] = tries;
    assert.equal(tries.length, 4);
    assert.ok(second - first >= 800 && second - first <= 1_200, String(tries));
    assert.ok(third - second >= 1_200 && third - second <= 1_800, String(tries));
    assert.ok(fourth - third >= 1_800 && fourth - third <= 2_700, String(tries));
  });

  for (const code of [1, 4, 10, 11, 14, 15]) {
    test(`is tried again after status ${code}`, async () => {
      const { clock, tries, response } = startTrying([failure(code), success]);
      await clock.advance(2_000);
      assert.deepEqual(await response, success);
      assert.equal(tries.length, 2);
    });
  }

  for (const code of [2, 3, 5, 7, 8, 12, 13, 16]) {
    test(`is not tried again after status ${code}`, async () => {
      const refused = failure(code);
      const { tries, response } = startTrying([refused, success]);
      assert.deepEqual(await response, refused);
      assert.equal(tries.length, 1);
    });
  }

  test("is not tried again when the time-out comes first", async () => {
    const { clock, tries, response } = startTrying([unavailable], 3_000);
    await clock.advance(3_000);
    assert.deepEqual(await response, unavailable);
    assert.ok(tries.length <= 3, String(tries));
    assert.ok(tries.every((at) => at < 3_000));
  });

  test("is given up at its time-out when the last try keeps silent", async () => {
    const { clock, response } = startTrying([unavailable, new Promise<ExportResponse>(() => {})], 5_000);
    await clock.advance(5_000);
    assert.deepEqual(await response, unavailable);
  });

  test("is tried six times at most", async () => {
    const { clock, tries, response } = startTrying([unavailable], 1_000_000);
    await clock.advance(60_000);
    assert.deepEqual(await response, unavailable);
    assert.equal(tries.length, 6);
  });

  test("tells at once that nobody was found, and not that somebody is too busy", async () => {
    const found = startTrying([unavailable, success]);
    await found.clock.advance(0);
    assert.equal(found.unreached.length, 1);
    await found.clock.advance(2_000);
    assert.deepEqual(await found.response, success);
    const busy = startTrying([failure(14, "14 UNAVAILABLE: data refused due to high memory usage"), success]);
    await busy.clock.advance(2_000);
    assert.deepEqual([await busy.response, busy.unreached], [success, []]);
  });
});
