import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { programs, run } from "./fixtures/run.ts";

describe("an operation outside of any trace", () => {
  const stores = ["pg", "mysql2", "redis", "ioredis", "mongodb", "mongoose"];
  const program = programs.imports(stores, "{ isRoot: true }");

  it("makes no trace of its own, with any of the stores", async () => {
    const { outcome } = await run(program);

    for (const store of stores) assert.deepEqual(outcome.recorded[store]?.spans, [], store);
  });

  it("makes one when the application asks for that", async () => {
    const roots = { requireParentSpan: false };
    const instrumentations = Object.fromEntries(stores.map((store) => [store, roots]));
    const { outcome } = await run(program, { arm: { instrumentations } });

    for (const store of stores) assert.ok((outcome.recorded[store]?.spans.length ?? 0) > 0, store);
  });
});
