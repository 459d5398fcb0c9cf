import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { createManualClock } from "@seaworthy/lifecycle/testing";
import { createVoice } from "../../src/pipelines/voice.ts";

const endpoint = "http://collector:4318/v1/traces";

function stage() {
  const clock = createManualClock();
  const told: string[] = [];
  const voice = createVoice("traces", endpoint, clock, ({ level, message }) => told.push(`${level}: ${message}`));
  return { clock, told, voice };
}

const refused = Object.assign(new Error("connect ECONNREFUSED 127.0.0.1:4318"), { code: "ECONNREFUSED" });

describe("a pipeline says", () => {
  test("its first success, once", () => {
    const { told, voice } = stage();
    voice.sent(3);
    voice.sent(3);
    assert.deepEqual(told, [`info: Traces reach ${endpoint}.`]);
  });

  test("a first refusal at once, and then what was lost, once a minute", async () => {
    const { clock, told, voice } = stage();
    voice.refused(refused);
    voice.failed(512, refused);
    await clock.advance(59_999);
    voice.failed(512, refused);
    assert.deepEqual(told, [
      `warn: Traces do not reach ${endpoint}: the connection was refused; it is tried again. Nothing listens there. ` +
        "Set OTEL_EXPORTER_OTLP_ENDPOINT to where your Collector listens.",
    ]);
    await clock.advance(1);
    voice.failed(1, refused);
    assert.match(told[1] ?? "", /the connection was refused; 1025 spans lost so far\. /);
  });

  test("that it works again, after how long, and what was lost meanwhile", async () => {
    const { clock, told, voice } = stage();
    voice.sent(1);
    voice.failed(1, refused);
    await clock.advance(31_000);
    voice.sent(1);
    assert.equal(told.at(-1), `info: Traces reach ${endpoint} again after 31 s; 1 span was lost meanwhile.`);
    voice.failed(2, refused);
    assert.match(told.at(-1) ?? "", /2 spans lost so far/);
  });

  test("of a trouble that comes and goes three times a minute at most, and then all that was lost", async () => {
    const { clock, told, voice } = stage();
    voice.sent(1);
    told.length = 0;
    for (let second = 0; second < 60; second += 1) {
      voice.failed(1, refused);
      await clock.advance(500);
      voice.sent(1);
      await clock.advance(500);
    }
    assert.equal(told.length, 6, told.join("\n"));
    await clock.advance(10_000);
    voice.failed(1, refused);
    assert.match(told.at(-1) ?? "", /58 spans lost so far/);
    voice.sent(1);
    assert.match(told.at(-1) ?? "", /again after 1 s; 58 spans were lost meanwhile\.$/);
  });

  test("what cannot be encoded, once a minute, and does not take it for a trouble of the other side", async () => {
    const { clock, told, voice } = stage();
    voice.sent(1);
    voice.unsendable(1, new TypeError("a circle"));
    voice.unsendable(1, new TypeError("a circle"));
    await clock.advance(60_000);
    voice.unsendable(1, new TypeError("a circle"));
    voice.sent(1);
    assert.deepEqual(
      told.slice(1).map((line) => /^warn: (.*?) could not be encoded \(a circle\), and the others/.exec(line)?.[1]),
      ["1 span", "2 spans"],
    );
  });

  test("once that what answers is no Collector, in a few of its words", () => {
    const { told, voice } = stage();
    for (let count = 0; count < 3; count += 1) voice.strange(`OK\n${"!".repeat(1_000)}`);
    assert.equal(told.length, 1);
    assert.match(
      told[0] ?? "",
      /does not answer as OTLP does \("OK !+…"\)\. Make sure that a Collector listens there\.$/,
    );
  });

  test("that a full queue drops at once, and how many when a minute is over", async () => {
    const { clock, told, voice } = stage();
    for (let span = 0; span < 100; span += 1) voice.dropped(1);
    assert.equal(told.length, 1);
    assert.match(told[0] ?? "", /^warn: Spans are dropped: the queue before .* is full.*OTEL_BSP_MAX_QUEUE_SIZE/);
    await clock.advance(60_000);
    assert.match(told[1] ?? "", /^warn: 100 spans dropped since this was last said: /);
    await clock.advance(60_000);
    assert.equal(told.length, 2);
    voice.dropped(1);
    assert.match(told[2] ?? "", /^warn: Spans are dropped: /);
  });

  test("what the other side took only in part, and why", () => {
    const { told, voice } = stage();
    voice.rejected(4, "too old");
    assert.match(told[0] ?? "", /took an export in part: 4 spans rejected with the words "too old"\./);
  });
});
