import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type StopReason, describeReason, messageOf, reasonOf } from "../src/reason.ts";

describe("a reason reads in one line", () => {
  const boom = new Error("boom\nsecond line");
  const cases: readonly (readonly [reason: StopReason, text: string])[] = [
    [{ kind: "os-signal", osSignal: "SIGTERM" }, "SIGTERM"],
    [{ kind: "request", by: "admin" }, "request (admin)"],
    [{ kind: "fatal", error: boom, origin: "uncaughtException" }, "uncaughtException (boom second line)"],
    [{ kind: "fatal", error: "text", origin: "unhandledRejection" }, "unhandledRejection (text)"],
    [{ kind: "fatal", error: undefined, origin: "startup" }, "startup (undefined)"],
  ];
  for (const [reason, text] of cases) test(text, () => assert.equal(describeReason(reason), text));
});

describe("anything that was thrown has a text", () => {
  const unreadable = Object.defineProperty(new Error("x"), "message", {
    get() {
      throw new Error("no");
    },
  });
  const cases: readonly (readonly [name: string, thrown: unknown, text: string])[] = [
    ["an error without a message", new TypeError(), "TypeError"],
    ["an error with a number for a message", Object.assign(new Error(), { message: 42 }), "42"],
    ["an error that cannot be read", unreadable, "an object (Error)"],
    ["an object without a prototype", Object.create(null), "an object (null prototype)"],
    ["a proxy that was revoked", revoked(), "an object (unreadable)"],
    ["several lines", new Error("\nInvalid call:\n\n  no database\n"), "Invalid call: no database"],
    [
      "an error that is only parts",
      new AggregateError([new Error("::1 refused"), new Error("127.0.0.1 refused")]),
      "::1 refused; 127.0.0.1 refused",
    ],
    ["a symbol", Symbol("s"), "Symbol(s)"],
    ["a plain object", {}, "[object Object]"],
    ["null", null, "null"],
  ];
  for (const [name, thrown, text] of cases) test(name, () => assert.equal(messageOf(thrown), text));
});

describe("whatever stop is called with becomes a reason", () => {
  test("a text is a request by what it names", () => {
    assert.deepEqual(reasonOf("admin"), { kind: "request", by: "admin" });
  });
  test("a reason stays what it is", () => {
    const reason: StopReason = { kind: "os-signal", osSignal: "SIGTERM" };
    assert.equal(reasonOf(reason), reason);
  });
  test("an error that a catch passed on is named", () => {
    assert.deepEqual(reasonOf(new Error("lost the lease")), { kind: "request", by: "lost the lease" });
  });
  for (const [value, by] of [
    [null, "null"],
    [15, "15 (number)"],
    [{ kind: "other" }, "an object (Object)"],
  ] as const) {
    test(`${by} is described`, () => assert.deepEqual(reasonOf(value), { kind: "request", by }));
  }
});

function revoked(): object {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
}
