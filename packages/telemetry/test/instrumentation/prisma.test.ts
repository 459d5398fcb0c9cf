import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { install } from "./fixtures/installation.ts";
import { run } from "./fixtures/run.ts";

/** A client that looks for what traces it where those of Prisma do, and says whether that is there. */
const client = {
  "node_modules/@prisma/client/package.json": {
    name: "@prisma/client",
    version: "7.0.0",
    type: "module",
    exports: "./index.js",
  },
  "node_modules/@prisma/client/index.js":
    "export const helper = () => globalThis.V7_PRISMA_INSTRUMENTATION?.helper ?? globalThis.PRISMA_INSTRUMENTATION?.helper;",
};

const program = (before: string, after: string): string => `
  const theirs = { isEnabled: () => true };
  const theirGlobal = () => { globalThis.V7_PRISMA_INSTRUMENTATION = globalThis.PRISMA_INSTRUMENTATION = { helper: theirs }; };
  ${before}
  const { helper } = await import("@prisma/client");
  const { world } = await import("FIXTURES/world.ts");
  const { report } = await import("FIXTURES/report.ts");
  const name = () => (helper() === theirs ? "theirs" : typeof helper()?.runInChildSpan === "function" ? "ours" : "none");
  const first = name();
  ${after}
  const second = name();
  world.armed[Symbol.dispose]();
  report({}, [first, second, name()]);`;

describe("what traces the clients of Prisma, of which there is one in a process,", () => {
  for (const [title, before, after, expected] of [
    ["is ours when a client is imported, and gone after disposing", "", "", ["ours", "ours", "none"]],
    ["that was there before is put back by disposing", "theirGlobal();", "", ["ours", "ours", "theirs"]],
    ["that came later stays", "", "theirGlobal();", ["ours", "theirs", "theirs"]],
    [
      "is still ours when it is given other providers",
      "theirGlobal();",
      "world.armed.useProviders({ tracerProvider: { getTracer() {} } });",
      ["ours", "ours", "theirs"],
    ],
  ] as const) {
    it(title, async (test) => {
      const { outcome, stderr } = await run(program(before, after), install(test, client));
      assert.deepEqual(outcome.more, expected);
      assert.deepEqual([outcome.notices, stderr], [[], ""]);
    });
  }
});
