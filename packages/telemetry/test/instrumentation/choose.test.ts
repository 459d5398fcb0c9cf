import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { TelemetryNotice } from "../../src/channels.ts";
import { type InstrumentationChoice, chooseOwnParts, tellNames } from "../../src/instrumentation/choose.ts";

function toldOf(choice: InstrumentationChoice): string[] {
  const told: TelemetryNotice[] = [];
  tellNames(choice, (notice) => told.push(notice));
  return told.map(({ level, message }) => `${level}: ${message}`);
}

describe("what is recorded without a library", () => {
  const cases: readonly (readonly [title: string, InstrumentationChoice, readonly boolean[]])[] = [
    ["is on by itself", {}, [true, true, true]],
    ["is off where it is named among what is disabled", { disabled: ["http"] }, [false, true, true]],
    ["is off where others are named among what is enabled", { enabled: ["pg", "undici"] }, [false, true, false]],
    ["is off by the option", { instrumentations: { "runtime-node": false } }, [true, true, false]],
    [
      "is on by the option, over the lists",
      { instrumentations: { http: true }, enabled: ["pg"] },
      [true, false, false],
    ],
  ];
  for (const [title, choice, [http, undici, runtime]] of cases) {
    test(title, () => assert.deepEqual(chooseOwnParts(choice), { http, undici, "runtime-node": runtime }));
  }

  test("is known by its name", () => {
    assert.deepEqual(toldOf({ enabled: ["http", "undici"], disabled: ["runtime-node"] }), []);
  });

  test("takes no configuration, which is told", () => {
    const [line, ...others] = toldOf({ instrumentations: { http: { requireParentforIncomingSpans: true } } });
    assert.deepEqual(others, []);
    assert.match(line ?? "", /^warn: The option `instrumentations` configures "http", which takes true or false only/);
  });
});
