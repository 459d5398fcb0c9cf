import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
  SeaworthyError,
  assertFunction,
  assertName,
  describe as describeValue,
  lifecycleErrorCodes,
} from "../src/errors.ts";

test("a message says what was expected, what came, and what to do", () => {
  const cause = new Error("why");
  const error = new SeaworthyError("ERR_X", { expected: "a boat", got: "a brick", fix: "Build one." }, { cause });
  assert.equal(error.message, "Expected a boat, got a brick. Build one.");
  assert.equal(error.code, "ERR_X");
  assert.equal(error.name, "SeaworthyError");
  assert.equal(error.cause, cause);
  assert.ok(error instanceof Error);
});

test("every code of the package has its prefix and comes once", () => {
  assert.equal(new Set(lifecycleErrorCodes).size, lifecycleErrorCodes.length);
  for (const code of lifecycleErrorCodes) assert.match(code, /^ERR_SEAWORTHY_[A-Z_]+$/);
});

describe("a value is described with its type, in one short line", () => {
  const cases: readonly (readonly [value: unknown, text: string])[] = [
    [undefined, "undefined"],
    [null, "null"],
    ["five", '"five" (string)'],
    [5, "5 (number)"],
    [Number.NaN, "NaN (number)"],
    [5n, "5 (bigint)"],
    [true, "true (boolean)"],
    [Symbol("s"), "Symbol(s) (symbol)"],
    [{}, "an object (Object)"],
    [[], "an object (Array)"],
    [new Error("x"), "an object (Error)"],
    [Object.create(null), "an object (null prototype)"],
    [function pool() {}, "a function (pool)"],
    [() => {}, "a function (anonymous)"],
    ["two\nlines", '"two\\nlines" (string)'],
  ];
  for (const [value, text] of cases) {
    test(text, () => assert.equal(describeValue(value), text));
  }

  test("a long text is cut", () => {
    const text = describeValue("x".repeat(1_000));
    assert.ok(text.length < 100, text);
    assert.match(text, /… \(string\)$/);
  });
});

test("a name has to say something", () => {
  assertName("pool", "stop hook");
  for (const name of ["", "  ", undefined, null, 5, {}]) {
    assert.throws(() => assertName(name, "stop hook"), {
      code: "ERR_SEAWORTHY_OPTION",
      message: /the name of a stop hook/,
    });
  }
});

test("what has to be called has to be a function", () => {
  assertFunction(() => {}, "the hook");
  assert.throws(() => assertFunction("end", "the hook"), {
    code: "ERR_SEAWORTHY_OPTION",
    message: 'Expected the hook to be a function, got "end" (string). Pass a function, such as () => pool.end().',
  });
});
