import assert from "node:assert/strict";
import { test } from "node:test";
import { resolveGates } from "../src/gates.ts";
import { assertRefused } from "./refused.ts";

test("one gate is a list of one", () => {
  assert.deepEqual(resolveGates("db", "readiness", undefined), ["readiness"]);
  assert.deepEqual(resolveGates("db", "startup", undefined), ["startup"]);
  assert.deepEqual(resolveGates("db", "none", undefined), ["none"]);
});

test("a list of gates is kept as it was, whatever becomes of the caller's", () => {
  const list = ["startup", "readiness"];
  const gates = resolveGates("db", list, undefined);
  list.push("liveness");
  assert.deepEqual(gates, ["startup", "readiness"]);
});

test("a gate named twice is one gate", () => {
  assert.deepEqual(resolveGates("db", ["readiness", "readiness"], undefined), ["readiness"]);
});

for (const gates of ["ready", "", undefined, null, 3, {}, [], ["readiness", "alive"], ["none", "readiness"], [[]]]) {
  test(`the gates ${JSON.stringify(gates)} are refused`, () => {
    assertRefused(() => resolveGates("db", gates, true), "ERR_SEAWORTHY_OPTION", "`gates`", '"db"');
  });
}

for (const gates of ["liveness", ["liveness"], ["readiness", "liveness"]]) {
  test(`the gates ${JSON.stringify(gates)} are refused unless a restart is asked for`, () => {
    for (const asked of [undefined, false, "yes", 1]) {
      assertRefused(
        () => resolveGates("db", gates, asked),
        "ERR_SEAWORTHY_LIVENESS_GATE",
        '"db"',
        "restarts the container",
      );
    }
    assert.deepEqual(resolveGates("db", gates, true), [gates].flat());
  });
}
