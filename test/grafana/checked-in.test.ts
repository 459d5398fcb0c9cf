import assert from "node:assert/strict";
import { test } from "node:test";
import { stale } from "../../collector/grafana/src/write.ts";

test("the checked-in dashboards are what the code makes", () => {
  assert.deepEqual(stale(), [], "If this is meant, accept it with: npm run grafana -- --accept");
});
