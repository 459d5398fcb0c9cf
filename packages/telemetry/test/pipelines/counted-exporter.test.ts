import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { ExportResult } from "@opentelemetry/core";
import { countExports } from "../../src/pipelines/counted-exporter.ts";
import { createTally } from "../../src/pipelines/tally.ts";

type Send = (batch: readonly string[], done: (result: ExportResult) => void) => void;

function stage(send: Send) {
  const tally = createTally();
  const told: string[] = [];
  const listener = {
    sent: (items: number) => void told.push(`${items} sent`),
    failed: (items: number, error: unknown) => void told.push(`${items} failed: ${String(error)}`),
  };
  const exporter = { export: send, name: "own" };
  const counted = countExports(exporter, (batch: readonly string[]) => batch.length, tally, listener);
  const results: ExportResult[] = [];
  const run = (...batch: string[]): void => counted.export(batch, (result) => void results.push(result));
  return { exporter, counted, tally, told, results, run };
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

  test("counts an answer once, whatever comes after it", () => {
    const { tally, results, run } = stage((_batch, done) => {
      done({ code: 0 });
      done({ code: 1 });
      throw new Error("late");
    });
    run("a");
    assert.deepEqual([tally.counts().sent, tally.counts().failed, results.length], [1, 0, 1]);
  });
});
