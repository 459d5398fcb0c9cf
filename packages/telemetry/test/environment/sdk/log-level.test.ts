import assert from "node:assert/strict";
import { test } from "node:test";
import { diagLogLevelFromString } from "@opentelemetry/core";
import { readOtelEnvironment } from "../../../src/environment/read-environment.ts";
import { diagLogLevelOf } from "../../../src/environment/sdk/log-level.ts";

test("every level is the one that the SDK makes of its name", () => {
  for (const name of ["NONE", "ERROR", "WARN", "INFO", "DEBUG", "VERBOSE", "ALL"]) {
    assert.equal(diagLogLevelOf(readOtelEnvironment({ OTEL_LOG_LEVEL: name })), diagLogLevelFromString(name), name);
  }
});
