import assert from "node:assert/strict";
import { test } from "node:test";
import { severityOfLevel, severityOfName } from "../../src/logs/severity.ts";

for (const [level, name, severity] of [
  [10, "trace", 1],
  [20, "debug", 5],
  [30, "info", 9],
  [40, "warn", 13],
  [50, "error", 17],
  [60, "fatal", 21],
  [35, undefined, 11],
  [55, "loud", 19],
  [1, undefined, 1],
  [1_000, undefined, 24],
  [1, "error", 17],
] as const) {
  test(`level ${level}${name ? ` named ${name}` : ""} has severity ${severity}`, () => {
    assert.equal(severityOfLevel(level, name), severity);
  });
}

test("a name that says nothing has no severity", () => assert.equal(severityOfName("chatty"), undefined));
