import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { TelemetryNotice } from "../../src/channels.ts";
import { takeCharge } from "../../src/node-sdk/take-charge.ts";

interface Watched {
  readonly calls: string[];
  readonly told: TelemetryNotice[];
  readonly sdk: { start(): void; shutdown(): Promise<void> };
  readonly charge: ReturnType<typeof takeCharge>;
}

function watch(prepare: (sdk: Watched["sdk"]) => void = () => {}): Watched {
  const calls: string[] = [];
  const told: TelemetryNotice[] = [];
  class Sdk {
    start(): void {
      calls.push("start");
    }
    async shutdown(): Promise<void> {
      calls.push("shutdown");
    }
  }
  const sdk = new Sdk();
  prepare(sdk);
  return { calls, told, sdk, charge: takeCharge(sdk, (notice) => told.push(notice)) };
}

describe("an SDK that is taken charge of", () => {
  test("is started once, however often the application starts it, and that is told once", () => {
    const { calls, told, sdk, charge } = watch();
    charge.start();
    assert.equal(told.length, 0);
    sdk.start();
    sdk.start();
    assert.deepEqual(calls, ["start"]);
    assert.equal(told.length, 1);
    assert.match(told[0]?.message ?? "", /^Your SDK was started a second time: that is left out, /);
  });

  test("is shut down once, at the end, and nothing is told", async () => {
    const { calls, told, sdk, charge } = watch();
    await Promise.all([charge.shutdown(), charge.shutdown(), sdk.shutdown()]);
    assert.deepEqual(calls, ["shutdown"]);
    assert.deepEqual(told, []);
  });

  test("is shut down when the application says so, once, and that is told once", async () => {
    const { calls, told, sdk, charge } = watch();
    await sdk.shutdown();
    await sdk.shutdown();
    await charge.shutdown();
    assert.deepEqual(calls, ["shutdown"]);
    assert.equal(told.length, 1);
    assert.match(
      told[0]?.message ?? "",
      /^Your SDK was shut down by the application: what is recorded from now on is l/,
    );
  });

  for (const [how, shutdown] of [
    ["rejects", () => Promise.reject(new Error("cross"))],
    [
      "throws",
      () => {
        throw new Error("cross");
      },
    ],
  ] as const) {
    test(`and whose shutdown ${how} is told of, and does not reject here`, async () => {
      const { told, charge } = watch((sdk) => (sdk.shutdown = shutdown));
      await charge.shutdown();
      assert.match(told[0]?.message ?? "", /^The shutdown of your own SDK failed: cross/);
    });
  }

  test("and whose start ends in a rejection is told of", async () => {
    const { told, charge } = watch((sdk) => {
      Object.assign(sdk, { start: () => Promise.reject(new Error("cross")) });
    });
    charge.start();
    await new Promise(setImmediate);
    assert.match(told[0]?.message ?? "", /^Your SDK could not be started: cross/);
  });

  test("has its methods back when it is let go", () => {
    const { sdk, charge } = watch();
    const { start } = Object.getPrototypeOf(sdk) as typeof sdk;
    assert.notEqual(sdk.start, start);
    charge[Symbol.dispose]();
    assert.equal(sdk.start, start);
    assert.deepEqual(Object.keys(sdk), []);
  });

  test("may be frozen", async () => {
    const { calls, charge } = watch(Object.freeze);
    charge.start();
    await charge.shutdown();
    assert.deepEqual(calls, ["start", "shutdown"]);
  });
});
