import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { renderOtelEnvironment } from "../../packages/telemetry/src/environment/documentation.ts";
import { root } from "./packages.ts";

test("the README of telemetry has every OTEL_* variable as the code reads it", () => {
  const page = readFileSync(join(root, "packages/telemetry/README.md"), "utf8");
  const [, block = ""] = /<!-- otel-environment -->\n([\s\S]*?)<!-- \/otel-environment -->/.exec(page) ?? [];
  assert.equal(block.trim(), renderOtelEnvironment());
});
