import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Meter } from "@opentelemetry/api";
import { type CollectionResult, MeterProvider } from "@opentelemetry/sdk-metrics";
import { type ManualClock, createManualClock } from "@seaworthy/lifecycle/testing";
import { type LateCallbacks, createLateCallbacks } from "../../src/pipelines/late-callbacks.ts";
import { TestReader } from "../metrics/meters.ts";

interface Stage {
  readonly clock: ManualClock;
  readonly late: LateCallbacks;
  readonly meter: Meter;
  readonly told: string[];
  /** Collects as a scrape does, that waits no longer than that. */
  collect(timeoutMillis?: number): Promise<CollectionResult>;
}

function stage(): Stage {
  const clock = createManualClock();
  const told: string[] = [];
  const late = createLateCallbacks(clock, ({ level, code, message }) => told.push(`${level} ${code}: ${message}`));
  const reader = new TestReader();
  late.watchReader(reader);
  const provider = new MeterProvider({ readers: [reader] });
  late.watchMeters(provider);
  return {
    clock,
    late,
    meter: provider.getMeter("test"),
    told,
    collect: (timeoutMillis = 20) => reader.collect({ timeoutMillis }),
  };
}

const never = (): Promise<void> => new Promise(() => {});

const namesIn = ({ resourceMetrics }: CollectionResult): string[] =>
  resourceMetrics.scopeMetrics.flatMap(({ metrics }) => metrics.map(({ descriptor }) => descriptor.name)).toSorted();

const lateNames = (told: readonly string[]): (string | undefined)[] =>
  told.map((message) => /^warn pipeline: What observes (.*) has not settled after /.exec(message)?.[1]);

describe("an observable callback that does not settle", () => {
  test("is told of by the names of what it observes, and costs nothing else", async () => {
    const { meter, told, collect } = stage();
    meter.createCounter("placed").add(1);
    meter.createObservableGauge("size").addCallback(async (result) => result.observe(1));
    meter.createObservableGauge("stuck").addCallback(never);
    const both = [meter.createObservableCounter("read"), meter.createObservableUpDownCounter("open")];
    meter.addBatchObservableCallback(never, both);
    const collected = await collect();
    assert.deepEqual(namesIn(collected), ["placed", "size"]);
    assert.deepEqual(collected.errors, []);
    assert.deepEqual(lateNames(told), ['"stuck", "read", "open"']);
  });

  test("is told of once a minute while it lasts", async () => {
    const { clock, meter, told, collect } = stage();
    meter.createObservableGauge("stuck").addCallback(never);
    for (const afterMs of [0, 30_000, 29_999, 1, 59_999]) {
      await clock.advance(afterMs);
      await collect();
    }
    assert.deepEqual(lateNames(told), ['"stuck"', '"stuck"']);
  });

  test("is told of by five names, and how many more", async () => {
    const { meter, told, collect } = stage();
    for (let count = 1; count <= 7; count += 1) meter.createObservableGauge(`g${count}`).addCallback(never);
    await collect();
    assert.deepEqual(lateNames(told), ['"g1", "g2", "g3", "g4", "g5", 2 more']);
  });

  test("hides no other that fails", async () => {
    const { meter, collect } = stage();
    meter.createObservableGauge("stuck").addCallback(never);
    meter.createObservableGauge("broken").addCallback(() => {
      throw new Error("boom");
    });
    meter.createObservableGauge("rejects").addCallback(() => Promise.reject(new Error("bang")));
    const { errors } = await collect();
    assert.deepEqual(errors.map(String).toSorted(), ["Error: bang", "Error: boom"]);
  });
});

describe("in a hurry", () => {
  test("a collection that is under way goes without it, and the next ones do not wait for it", async () => {
    const { clock, late, meter, told, collect } = stage();
    meter.createCounter("placed").add(1);
    let calls = 0;
    meter.createObservableGauge("stuck").addCallback(() => {
      calls += 1;
      return never();
    });
    const underWay = collect(3_600_000);
    late.hurry(1_000);
    await clock.advance(1_000);
    assert.deepEqual(namesIn(await underWay), ["placed"]);
    assert.deepEqual(namesIn(await collect(3_600_000)), ["placed"]);
    assert.equal(calls, 1);
    assert.deepEqual(lateNames(told), ['"stuck"']);
  });

  test("a collection waits as long as that for what was not late before", async () => {
    const { late, meter, collect } = stage();
    let isStuck = true;
    meter.createObservableGauge("stuck").addCallback(never);
    meter.createObservableGauge("better").addCallback(async (result) => {
      if (isStuck) await never();
      result.observe(1);
    });
    await collect();
    isStuck = false;
    await collect();
    late.hurry(50);
    assert.deepEqual(namesIn(await collect(3_600_000)), ["better"]);
  });
});

test("an observable callback is taken off by what it was added by", async () => {
  const { meter, collect } = stage();
  const calls: string[] = [];
  const [first, second] = [meter.createObservableGauge("first"), meter.createObservableGauge("second")];
  const one = (): void => void calls.push("one");
  const batch = (): void => void calls.push("batch");
  for (const gauge of [first, second]) gauge.addCallback(one);
  first.addCallback(one);
  meter.addBatchObservableCallback(batch, [first, second]);
  await collect();
  assert.deepEqual(calls.splice(0), ["one", "one", "batch"]);
  first.removeCallback(one);
  meter.removeBatchObservableCallback(batch, [first, second]);
  await collect();
  assert.deepEqual(calls.splice(0), ["one"]);
  second.removeCallback(one);
  await collect();
  assert.deepEqual(calls, []);
});
