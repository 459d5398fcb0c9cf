import assert from "node:assert/strict";
import { test } from "node:test";
import { quantity } from "../../src/print/quantity.ts";

test("a quantity is written in the unit that suits its size", () => {
  const cases: readonly (readonly [number | bigint, string, string])[] = [
    [0, "s", "0 ms"],
    [0.000_000_5, "s", "500 ns"],
    [0.000_45, "s", "450 µs"],
    [-0.0124, "s", "-12.4 ms"],
    [1.2345, "s", "1.23 s"],
    [90, "s", "1.5 min"],
    [1_500, "ms", "1.5 s"],
    [7, "us", "7 µs"],
    [1_000, "By", "1000 B"],
    [1_048_576, "By", "1 MiB"],
    [-2_048, "By", "-2 KiB"],
    [12, "%", "12%"],
    [0.123456, "1", "0.123"],
    [21.5, "Cel", "21.5 Cel"],
    [123_456_789, "", "123456789"],
    [2n ** 60n, "{x}", "1152921504606846976 {x}"],
  ];
  assert.deepEqual(
    cases.map(([value, unit]) => quantity(value, unit)),
    cases.map(([, , text]) => text),
  );
});
