// `npm test`: runs the `test` script of every workspace through turbo, and ends with one line that sums them up.
// Arguments narrow the run: a part of a workspace's name (`health`), or a path (`test/process`).

import { stripVTControlCharacters } from "node:util";
import { selectRun } from "./selection.ts";
import { type Tally, countOf, formatTally, readWorkspaceTally, sumOf } from "./tally.ts";
import { runTurboTest } from "./turbo.ts";

const selection = selectRun(process.argv.slice(2));
const tallies = new Map<string, Tally>();

const code = await runTurboTest(selection, (line) => {
  const read = readWorkspaceTally(stripVTControlCharacters(line).trimEnd());
  if (read !== undefined) tallies.set(read.workspace, read.tally);
});

const sum = sumOf(tallies.values());
for (const { name } of selection.workspaces.filter((workspace) => !tallies.has(workspace.name))) {
  console.log(`${name} failed: expected its line of counts, got none. Its run broke off; read what it printed above.`);
  sum.failed += 1;
}
if (countOf(sum) === 0) console.log("Expected at least one test, got none. Check the arguments of this run.");
else if (code !== 0 && sum.failed === 0) {
  console.log(`Expected turbo to exit with 0, got ${code} although no test failed. Read what it printed above.`);
  sum.failed += 1;
}
console.log(formatTally(sum));
process.exitCode = sum.failed === 0 && countOf(sum) > 0 ? 0 : 1;
