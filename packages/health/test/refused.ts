import assert from "node:assert/strict";
import { SeaworthyError } from "@seaworthy/lifecycle";
import type { HealthErrorCode } from "../src/errors.ts";

/** Must be refused with that code, by a message in three parts that holds each of the texts. */
export function assertRefused(call: () => unknown, code: HealthErrorCode, ...texts: readonly string[]): void {
  assert.throws(call, (error: unknown) => {
    assert.ok(error instanceof SeaworthyError, String(error));
    assert.equal(error.code, code);
    assert.match(error.message, /^Expected .+, got .+\. [A-Z].+\.$/);
    for (const text of texts) assert.ok(error.message.includes(text), `"${error.message}" does not say ${text}`);
    return true;
  });
}
