import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { ExportResult } from "@opentelemetry/core";
import { createManualClock } from "@seaworthy/lifecycle/testing";
import { countExports } from "../../src/pipelines/counted-exporter.ts";
import { noteStrangeAnswer } from "../../src/pipelines/strange-answer.ts";
import { createTally } from "../../src/pipelines/tally.ts";

type Send = (batch: readonly string[], done: (result: ExportResult) => void) => void;

interface More {
  forceFlush?(): Promise<void>;
}

function stage(send: Send, more: More = {}) {
  const tally = createTally();
  const told: string[] = [];
  const listener = {
    sent: (items: number) => void told.push(`${items} sent`),
    failed: (items: number, error: unknown) => void told.push(`${items} failed: ${String(error)}`),
    unsendable: (items: number, error: unknown) => void told.push(`${items} unsendable: ${String(error)}`),
    strange: (answer: string) => void told.push(`strange: ${answer}`),
  };
  const clock = createManualClock();
  const exporter = { export: send, name: "own", ...more };
  const patience = { clock, timeoutMs: 10_500, mostAtOnce: 8 };
  const counted = countExports(exporter, (batch: readonly string[]) => batch.length, tally, listener, patience);
  const results: ExportResult[] = [];
  const run = (...batch: string[]): void => counted.export(batch, (result) => void results.push(result));
  return { clock, exporter, counted, tally, told, results, run };
}

describe("a counted exporter", () => {
  test("is the exporter itself", () => {
    const { exporter, counted } = stage(() => {});
    assert.equal(counted, exporter);
  });

  test("counts what is under way, and what was sent", () => {
    let answer: ((result: ExportResult) => void) | undefined;
    const { tally, told, results, run } = stage((_batch, done) => (answer = done));
    run("a", "b");
    assert.equal(tally.counts().exporting, 2);
    answer?.({ code: 0 });
    assert.deepEqual([tally.counts().sent, tally.counts().exporting, told], [2, 0, ["2 sent"]]);
    assert.deepEqual(results, [{ code: 0 }]);
  });

  test("counts what failed, and hands the failure on", () => {
    const error = new Error("down");
    const { tally, told, results, run } = stage((_batch, done) => done({ code: 1, error }));
    run("a");
    assert.deepEqual([tally.counts().failed, told, results], [1, ["1 failed: Error: down"], [{ code: 1, error }]]);
  });

  test("takes an exporter that throws for one that failed", () => {
    const { tally, results, run } = stage(() => {
      throw new Error("no network");
    });
    run("a");
    assert.deepEqual([tally.counts().failed, results[0]?.code, results[0]?.error?.message], [1, 1, "no network"]);
  });

  test("has so many exports under way at most, and the others wait for their turn", () => {
    const answers: ((result: ExportResult) => void)[] = [];
    const { tally, results, run } = stage((_batch, done) => void answers.push(done));
    for (let number = 0; number < 40; number += 1) run(`${number}`);
    assert.deepEqual([answers.length, tally.counts().exporting], [8, 40]);
    for (let answered = 0; answered < 40; answered += 1) {
      assert.ok(answers.length <= answered + 8);
      answers[answered]?.({ code: answered % 2 });
    }
    assert.deepEqual([tally.counts().sent, tally.counts().failed, results.length], [20, 20, 40]);
  });

  test("is flushed when it has answered all, or was given up", async () => {
    const { exporter, clock, run } = stage(() => {}, { forceFlush: () => new Promise(() => {}) });
    run("a");
    let isFlushed = false;
    const flushing = exporter.forceFlush?.().then(() => (isFlushed = true));
    await clock.advance(10_499);
    assert.equal(isFlushed, false);
    await clock.advance(1);
    await flushing;
  });

  test("counts an answer once, whatever comes after it", () => {
    const { tally, results, run } = stage((_batch, done) => {
      done({ code: 0 });
      done({ code: 1 });
      throw new Error("late");
    });
    run("a");
    assert.deepEqual([tally.counts().sent, tally.counts().failed, results.length], [1, 0, 1]);
  });

  test("takes one that keeps silent for one that failed, and counts no answer that comes later", async () => {
    let answer: ((result: ExportResult) => void) | undefined;
    const { clock, tally, told, results, run } = stage((_batch, done) => (answer = done));
    run("a", "b");
    await clock.advance(10_500);
    answer?.({ code: 0 });
    assert.deepEqual(told, ["2 failed: Error: Export timed out"]);
    assert.deepEqual([tally.counts().sent, tally.counts().exporting, results.length], [0, 0, 1]);
  });

  test("holds an answer that is a page against the other side, and tells of another strange one", () => {
    const { tally, told, results, run } = stage(([answer = ""], done) => {
      if (answer !== "fine") noteStrangeAnswer(answer);
      done({ code: 0 });
    });
    for (const answer of ["<!DOCTYPE html>", "OK", "fine"]) run(answer);
    assert.deepEqual(told, [
      "1 failed: Error: it answered with a page for people, and not as OTLP does",
      "1 sent",
      "strange: OK",
      "1 sent",
    ]);
    assert.deepEqual([tally.counts().sent, tally.counts().failed, results.length], [2, 1, 3]);
  });

  test("is not answered by what another exporter heard", async () => {
    const { told, run } = stage((_batch, done) => done({ code: 0 }));
    noteStrangeAnswer("<html>");
    await Promise.resolve();
    run("a");
    assert.deepEqual(told, ["1 sent"]);
  });
});

describe("an item that cannot be encoded", () => {
  // One for all: to make a stack for each of them takes longer than what is tested.
  const circle = new TypeError("a circle");
  const encode = (batch: readonly string[]): void => {
    if (batch.includes("circle")) throw circle;
  };
  const items = (count: number, circles: readonly number[]): string[] =>
    Array.from({ length: count }, (_, index) => (circles.includes(index) ? "circle" : `${index}`));

  for (const [title, circles] of [
    ["the first", [0]],
    ["the last", [511]],
    ["one in the middle", [200]],
    ["several", [0, 17, 18, 300, 511]],
    ["every second", Array.from({ length: 256 }, (_, index) => index * 2)],
  ] as const) {
    test(`costs itself only: ${title}`, async () => {
      const sent: string[] = [];
      let underWay = 0;
      const { tally, results, run } = stage((batch, done) => {
        encode(batch);
        underWay += 1;
        assert.equal(underWay, 1);
        queueMicrotask(() => {
          underWay -= 1;
          sent.push(...batch);
          done({ code: 0 });
        });
      });
      const batch = items(512, circles);
      run(...batch);
      await tally.whenIdle();
      assert.deepEqual(
        sent,
        batch.filter((item) => item !== "circle"),
      );
      const failed = circles.length;
      assert.deepEqual(tally.counts(), { accepted: 0, sent: 512 - failed, failed, dropped: 0, exporting: 0 });
      assert.equal(tally.isFailing(), false);
      await Promise.resolve();
      assert.deepEqual(results, [{ code: 0 }]);
    });
  }

  test("costs itself only, whatever it throws", () => {
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    for (const thrown of [null, Object.create(null), proxy]) {
      const { tally, results, run } = stage((batch, done) => {
        if (batch.includes("circle")) throw thrown;
        done({ code: 0 });
      });
      run("a", "circle", "b");
      assert.deepEqual([tally.counts().sent, tally.counts().failed, tally.counts().exporting], [2, 1, 0]);
      assert.deepEqual(results, [{ code: 0 }]);
    }
  });

  test("costs nothing else where there is nothing else", () => {
    const { tally, told, results, run } = stage(encode);
    run(...items(20_000, [...Array(20_000).keys()]));
    assert.deepEqual([tally.counts().failed, tally.counts().exporting, told.length], [20_000, 0, 20_000]);
    assert.deepEqual([results.length, results[0]?.code], [1, 1]);
  });

  test("does not make an export that fails try again, part by part", () => {
    let tries = 0;
    const error = new Error("down");
    const { tally, told, run } = stage((batch, done) => {
      encode(batch);
      tries += 1;
      done({ code: 1, error });
    });
    run(...items(8, [3]));
    assert.equal(tries, 1);
    assert.equal(tally.counts().failed, 8);
    assert.ok(
      told.every((line) => line.endsWith(" failed: Error: down")),
      told.join(),
    );
  });
});
