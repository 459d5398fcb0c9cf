import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { inspect } from "node:util";
import { bindDefaults } from "../src/bind-process.ts";
import { resolveOsSignals } from "../src/os-signals.ts";

test("OS signals that a process can catch are taken as they are", () => {
  assert.deepEqual(resolveOsSignals(bindDefaults.osSignals), ["SIGTERM", "SIGINT"]);
  assert.deepEqual(resolveOsSignals(["SIGHUP", "SIGUSR2", "SIGQUIT"]), ["SIGHUP", "SIGUSR2", "SIGQUIT"]);
  assert.deepEqual(resolveOsSignals([]), []);
});

describe("an OS signal that no process can catch, or that does not exist, is refused by its name", () => {
  for (const name of [
    "SIGKILL",
    "SIGSTOP",
    "SIGSEGV",
    "SIGFOO",
    "sigterm",
    "TERM",
    "",
    "constructor",
    "__proto__",
    15,
    undefined,
  ]) {
    test(String(name), () => {
      assert.throws(
        () => resolveOsSignals(["SIGTERM", name as string]),
        (error: Error & { code?: string }) => {
          assert.equal(error.code, "ERR_SEAWORTHY_OS_SIGNAL");
          assert.ok(
            error.message.includes(typeof name === "string" ? JSON.stringify(name) : String(name)),
            error.message,
          );
          return true;
        },
      );
    });
  }
});

describe("what is no list is refused", () => {
  for (const names of ["SIGTERM", null, {}, 15]) {
    test(inspect(names), () => {
      assert.throws(() => resolveOsSignals(names as unknown as string[]), {
        code: "ERR_SEAWORTHY_OPTION",
        message: /the `osSignals` option to be a list of names, got/,
      });
    });
  }
});
