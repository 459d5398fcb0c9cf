import assert from "node:assert/strict";
import { test } from "node:test";
import { bytesText, msText, percentText } from "../../src/checks/units.ts";

test("bytes are told in the largest unit that leaves a whole part", () => {
  assert.deepEqual([0, 1, 1023, 1024, 1536, 1024 ** 2 - 1, 3.9 * 1024 ** 3, 2 ** 60].map(bytesText), [
    "0 bytes",
    "1 bytes",
    "1023 bytes",
    "1 KiB",
    "1.5 KiB",
    "1024 KiB",
    "3.9 GiB",
    "1024 PiB",
  ]);
});

test("small numbers are not rounded to nothing", () => {
  assert.deepEqual([0, 0.000_012_3, 0.5, 1].map(percentText), ["0 %", "0.0012 %", "50 %", "100 %"]);
  assert.deepEqual([0.001, 812.44].map(msText), ["0.001 ms", "812.4 ms"]);
});
