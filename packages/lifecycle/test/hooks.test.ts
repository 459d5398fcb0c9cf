import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { inspect } from "node:util";
import { type Hook, type HookOptions, createHookList } from "../src/hooks.ts";

const names = (entries: readonly { readonly name: string }[]): readonly string[] => entries.map(({ name }) => name);

test("hooks are kept by kind, in the order of registration", () => {
  const hooks = createHookList(1_000);
  hooks.add("stop", "pool", () => {});
  hooks.add("drain", "consumer", () => {});
  hooks.add("stop", "cache", () => {});
  assert.deepEqual(names(hooks.pending("stop")), ["pool", "cache"]);
  assert.deepEqual(names(hooks.pending("drain")), ["consumer"]);
  assert.deepEqual(names(hooks.all()), ["pool", "consumer", "cache"]);
});

test("a name is used once in a kind, and again when its hook was taken back", () => {
  const hooks = createHookList(1_000);
  const pool = hooks.add("stop", "pool", () => {});
  hooks.add("drain", "pool", () => {});
  assert.throws(() => hooks.add("stop", "pool", () => {}), {
    code: "ERR_SEAWORTHY_DUPLICATE_NAME",
    message: /each stop hook to have its own name, got a second "pool"/,
  });
  pool[Symbol.dispose]();
  hooks.add("stop", "pool", () => {});
});

test("disposing takes a hook back, but not one that has begun", () => {
  const hooks = createHookList(1_000);
  const taken = hooks.add("stop", "taken", () => {});
  const begun = hooks.add("stop", "begun", () => {});
  const [, entry] = hooks.all();
  assert.ok(entry);
  entry.status = "running";
  taken[Symbol.dispose]();
  begun[Symbol.dispose]();
  assert.deepEqual(names(hooks.all()), ["begun"]);
});

test("a registration is heard of", async () => {
  const hooks = createHookList(1_000);
  const added = hooks.whenAdded();
  hooks.add("drain", "first", () => {});
  await added;
  let again = false;
  void hooks.whenAdded().then(() => (again = true));
  await Promise.resolve();
  assert.equal(again, false);
});

describe("a hook that makes no sense is refused", () => {
  for (const name of ["", " ", undefined, 5]) {
    test(`by the name ${String(name) || "(nothing)"}`, () => {
      assert.throws(() => createHookList(1_000).add("drain", name as string, () => {}), {
        code: "ERR_SEAWORTHY_OPTION",
        message: /the name of a drain hook/,
      });
    });
  }
  for (const hook of [undefined, "end", Promise.resolve()]) {
    test(`by ${inspect(hook)} in place of a function`, () => {
      assert.throws(() => createHookList(1_000).add("stop", "pool", hook as unknown as Hook), {
        code: "ERR_SEAWORTHY_OPTION",
        message: /stop hook "pool" to be a function/,
      });
    });
  }
  for (const timeoutMs of [0, -5, "1s", Number.NaN]) {
    test(`by timeoutMs ${timeoutMs}`, () => {
      assert.throws(() => createHookList(1_000).add("stop", "pool", () => {}, { timeoutMs } as HookOptions), {
        code: "ERR_SEAWORTHY_OPTION",
        message: /the `timeoutMs` option/,
      });
    });
  }
  test("by a timeoutMs longer than the stop may be", () => {
    const hooks = createHookList(1_000);
    hooks.add("stop", "just", () => {}, { timeoutMs: 1_000 });
    assert.throws(() => hooks.add("stop", "pool", () => {}, { timeoutMs: 1_001 }), {
      code: "ERR_SEAWORTHY_BUDGET",
      message: /timeoutMs of the hook "pool" to fit in the grace period less the exit reserve, 1000, got 1001/,
    });
    assert.deepEqual(names(hooks.all()), ["just"]);
  });
});
