import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { flatten, optionTablesOf } from "./option-tables.ts";

const SECTION = `
| option | default | environment | meaning |
| --- | --- | --- | --- |
| \`graceMs\` | \`30_000\` | \`GRACE_MS\` | how long |
| \`name\` | — | — | a \\| b |
| \`osSignals\` | \`["SIGTERM"]\` | | which |
| \`paths.live\` | \`"/livez"\` | \`LIVE_PATH\` | where |

### Checks

<!-- defaults: checkDefaults -->
| option | meaning | default |
| --- | --- | --- |
| \`jitter\` | how much | \`0.1\` |
`;

describe("option tables", () => {
  test("read as the defaults they document", () => {
    const [main, checks] = optionTablesOf(SECTION, "mainDefaults");
    assert.equal(main?.defaults, "mainDefaults");
    const defaults = { graceMs: 30_000, name: undefined, osSignals: ["SIGTERM"], paths: { live: "/livez" } };
    assert.deepEqual(main.options, flatten(defaults));
    assert.deepEqual(main.environment, { graceMs: "GRACE_MS", "paths.live": "LIVE_PATH" });
    assert.equal(checks?.defaults, "checkDefaults");
    assert.deepEqual(checks.options, { jitter: 0.1 });
  });
});
