import assert from "node:assert/strict";
import { test } from "node:test";
import { freeName } from "../src/free-name.ts";

test("a name is free, or the first with a number that is", () => {
  assert.equal(freeName("ws server", new Set()), "ws server");
  assert.equal(freeName("ws server", new Set(["ws server"])), "ws server #2");
  assert.equal(freeName("ws server", new Set(["ws server", "ws server #2"])), "ws server #3");
  assert.equal(freeName("ws server", new Set(["ws server #2"])), "ws server");
});
