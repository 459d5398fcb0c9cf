import assert from "node:assert/strict";
import { test } from "node:test";
import { toAnyValue } from "../../src/logs/any-value.ts";

const shared = { b: 1 };

for (const [name, value, shown] of [
  ["plain values", ["a", 1, true, null], ["a", 1, true, null]],
  [
    "dates and URLs",
    { at: new Date(0), url: new URL("http://a/b") },
    { at: "1970-01-01T00:00:00.000Z", url: "http://a/b" },
  ],
  ["integers of any size", [7n, 2n ** 64n], [7, "18446744073709551616"]],
  [
    "maps and sets",
    new Map<unknown, unknown>([
      ["a", new Set([1])],
      [{}, 2],
    ]),
    { a: [1] },
  ],
  ["typed arrays", new Float64Array([1.5, 2]), [1.5, 2]],
  ["functions and symbols in an object", { f() {}, s: Symbol("s"), u: undefined, a: 1 }, { a: 1 }],
  ["functions and symbols in an array", [() => {}, Symbol("s"), undefined], [null, null, null]],
  ["an object that is there twice", { x: shared, y: shared }, { x: { b: 1 }, y: { b: 1 } }],
  ["what shows itself badly", { bad: { toJSON: () => assert.fail() }, a: 1 }, { a: 1 }],
] as const) {
  test(`${name} can be carried`, () => assert.deepEqual(toAnyValue(value), shown));
}

test("bytes stay bytes", () => {
  const bytes = Buffer.from("abc");
  assert.equal(toAnyValue(bytes), bytes);
});

test("an error is its type, message and stack, with its cause and fields", () => {
  const error = Object.assign(new TypeError("outer", { cause: new RangeError("inner") }), { code: "E" });
  const shown = toAnyValue({ error }) as { error: Record<string, unknown> };
  assert.equal(shown.error["type"], "TypeError");
  assert.equal(shown.error["message"], "outer");
  assert.equal(shown.error["code"], "E");
  assert.match(String(shown.error["stacktrace"]), /any-value\.test\.ts/);
  assert.equal((shown.error["cause"] as Record<string, unknown>)["message"], "inner");
});

test("what is too deep or too wide is cut", () => {
  let deep: unknown = "bottom";
  for (let i = 0; i < 20; i += 1) deep = { deep };
  assert.match(JSON.stringify(toAnyValue(deep)), /^(?:\{"deep":){6}"\[Object\]"\}{6}$/);
  const wide = Object.fromEntries(Array.from({ length: 1_000 }, (_, i) => [`k${i}`, i]));
  assert.equal(Object.keys(toAnyValue(wide) as object).length, 256);
  assert.equal((toAnyValue(Object.keys(wide)) as unknown[]).length, 256);
});

test("what is within one object by very many ways is cut, and soon done", () => {
  let tangle: unknown = { value: 1 };
  for (let level = 0; level < 5; level += 1) tangle = Array<unknown>(200).fill(tangle);
  assert.ok(JSON.stringify(toAnyValue(tangle)).length < 200_000);
});

test("what shows itself as itself is shown by its fields", () => {
  const own = {
    id: 7,
    toJSON() {
      return this;
    },
  };
  assert.deepEqual(toAnyValue(own), { id: 7 });
});
