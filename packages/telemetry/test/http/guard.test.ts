import assert from "node:assert/strict";
import { test } from "node:test";
import type { TelemetryNotice } from "../../src/channels.ts";
import { guardWith } from "../../src/http/guard.ts";

test("what throws while a request is traced goes no further, and is told once, with how to turn it off", () => {
  const told: TelemetryNotice[] = [];
  const tell = (notice: TelemetryNotice): void => void told.push(notice);
  const run = (): void => {
    throw new Error("odd header");
  };
  for (const guard of [guardWith(tell, "HTTP servers"), guardWith(tell, "fetch and undici", "undici")]) {
    guard(run)();
    guard(run)();
  }
  assert.deepEqual(
    told.map(({ message }) => message),
    [
      ["HTTP servers", "http"],
      ["fetch and undici", "undici"],
    ].map(
      ([what, name]) =>
        `Tracing ${what} failed: odd header. The request was not touched. Report it, or turn it off by ` +
        `OTEL_NODE_DISABLED_INSTRUMENTATIONS=${name}.`,
    ),
  );
});
