import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { otelcol } from "../../collector/distribution/binary.ts";

/**
 * A suite that drives the real Collector. Where there is none it is skipped in one line that says why, unless
 * `REQUIRE_COLLECTOR` is set: then that is a failure.
 */
export function withCollector(title: string, suite: (otelcol: string) => void): void {
  const found = otelcol();
  if ("path" in found) describe(title, { timeout: 300_000 }, () => suite(found.path));
  else if (process.env["REQUIRE_COLLECTOR"]) test(title, () => assert.fail(found.missing));
  else describe(title, { skip: found.missing }, () => {});
}
