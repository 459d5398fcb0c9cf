import assert from "node:assert/strict";
import { test } from "node:test";
import { inRange } from "../../src/instrumentation/in-range.ts";

const cases: readonly (readonly [string, readonly string[], readonly string[]])[] = [
  [">=8.0.3 <9", ["8.0.3", "8.23.1"], ["8.0.2", "9.0.0"]],
  [">=4.0.0 <6", ["4.0.0", "5.3.0"], ["6.0.0", "3.9.9"]],
  ["^1.2.0", ["1.2.0", "1.99.0"], ["1.1.9", "2.0.0"]],
  ["^0.3.1", ["0.3.1", "0.3.9"], ["0.4.0", "0.3.0"]],
  ["^1", ["1.0.0", "1.9.0"], ["2.0.0"]],
  ["~1.2", ["1.2.0", "1.2.9"], ["1.3.0"]],
  ["~1.2.3", ["1.2.3", "1.2.9"], ["1.2.2", "1.3.0"]],
  ["1.x", ["1.0.0", "1.9.9"], ["2.0.0"]],
  ["1.2.3", ["1.2.3", "v1.2.3"], ["1.2.4"]],
  ["*", ["0.0.1", "99.0.0"], []],
  ["", ["1.0.0"], []],
  [">1", ["2.0.0"], ["1.5.0"]],
  ["<=2.1", ["2.1.9", "1.0.0"], ["2.2.0"]],
  [">= 1.0.0 < 2", ["1.5.0"], ["2.0.0"]],
  ["^1.0.0 || ^5.0.0", ["1.4.0", "5.0.0"], ["2.0.0"]],
];

for (const [range, inside, outside] of cases) {
  test(`${range === "" ? "no range" : range} has the versions that npm gives it`, () => {
    for (const version of inside) assert.ok(inRange(version, range), version);
    for (const version of outside) assert.ok(!inRange(version, range), version);
  });
}

test("a pre-release counts as the version it leads to", () => {
  assert.ok(inRange("5.0.0-rc.1", ">=5.0.0 <6"));
});

test("what is no version is in no range", () => {
  assert.ok(!inRange("latest", ">=1.0.0"));
});
