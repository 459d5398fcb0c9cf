import assert from "node:assert/strict";
import { SeaworthyError } from "@seaworthy/lifecycle";

/** Building the check must be refused for the option of that name. `build` hides the value's type from the compiler. */
export function assertRefused(build: () => unknown, option: string): void {
  assert.throws(build, (error: unknown) => {
    assert.ok(error instanceof SeaworthyError, String(error));
    assert.equal(error.code, "ERR_SEAWORTHY_OPTION");
    assert.ok(error.message.includes(option), `${error.message} does not name ${option}`);
    return true;
  });
}
