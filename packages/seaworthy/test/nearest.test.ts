import assert from "node:assert/strict";
import { test } from "node:test";
import { nearest } from "../src/nearest.ts";

const names = ["SEAWORTHY_PROBE_PORT", "SEAWORTHY_PROBE_HOST", "SEAWORTHY_LOG"];

test("a letter too many, too few, or in another's place is forgiven", () => {
  for (const slip of ["SEAWORTHY_PROBE_PRT", "SEAWORTHY_PROBE_PPORT", "SEAWORTHY_PROBE_PODT", "SEAWORTHYPROBE_PORT"]) {
    assert.equal(nearest(slip, names), "SEAWORTHY_PROBE_PORT", slip);
  }
});

test("the name itself is the nearest", () => {
  for (const name of names) assert.equal(nearest(name, names), name);
});

test("of equally near names the first is taken", () => {
  assert.equal(nearest("ac", ["ab", "ad"]), "ab");
});

test("an empty text is as far from a name as the name is long", () => {
  assert.equal(nearest("", ["abc", "a", "ab"]), "a");
});

test("among no names none is near", () => {
  assert.equal(nearest("a", []), undefined);
});
