import assert from "node:assert/strict";
import { test } from "node:test";
import { SeaworthyError } from "@seaworthy/lifecycle";
import { assertOptions } from "../src/assert-options.ts";
import { type StartOptions, seaworthyDefaults } from "../src/options.ts";

function refused(options: unknown, ...parts: readonly string[]): void {
  assert.throws(
    () => assertOptions(options as StartOptions),
    (error: unknown) => {
      assert.ok(error instanceof SeaworthyError, String(error));
      assert.equal(error.code, "ERR_SEAWORTHY_OPTION");
      for (const part of parts) assert.ok(error.message.includes(part), error.message);
      return true;
    },
  );
}

test("the defaults are options", () => {
  assertOptions(seaworthyDefaults as StartOptions);
  assertOptions({});
});

test("an unknown option is refused with the nearest one that there is", () => {
  refused({ gracePeriod: 30_000 }, "got gracePeriod.", "Did you mean gracePeriodMs?");
  refused({ probeport: 1 }, "Did you mean probePort?");
  refused({ drainWindow: { min: 1 } }, "got drainWindow.min.", "Did you mean drainWindow.minMs?");
  refused({ probePaths: { ready: "/r" } }, "Did you mean probePaths.readiness?");
});

test("an option of the wrong kind is refused by its name, with what came", () => {
  const wrong: Readonly<Record<string, readonly unknown[]>> = {
    name: ["", " ", 5, null],
    drainWindow: [5, null, "1s"],
    lingerMs: [-1, NaN, "250", null],
    osSignals: ["SIGTERM", new Set(["SIGTERM"]), null],
    fatalErrors: ["true", 1, null],
    probePort: [true, 1.5, -1, 65_536, NaN, "9464", null],
    probeHost: ["", 5, null],
    probePaths: ["/readyz", null],
    onPortInUse: ["ignore", true, null],
    startedWhen: ["now", true, null],
  };
  for (const [option, values] of Object.entries(wrong)) {
    for (const value of values) refused({ [option]: value }, `\`${option}\``, "got ");
  }
});

test("undefined is the default", () => {
  const names = Object.keys(seaworthyDefaults);
  assertOptions(Object.fromEntries(names.map((name) => [name, undefined])));
});

test("what is no object is refused", () => {
  for (const options of [null, "orders", 5, true]) refused(options, "an object");
});
