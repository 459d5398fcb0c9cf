// The `test` script of every workspace: runs the test files under the current folder, each in a process of its own, on
// the Node that runs this program. Arguments are files or folders; those of other workspaces are passed over.

import { join } from "node:path";
import { printFile } from "./print-file.ts";
import { type Tally, formatTally, sumOf } from "./tally.ts";
import { runTestFile } from "./test-file.ts";
import { testFiles } from "./test-files.ts";
import { root, workspaceAt } from "./workspaces.ts";

const folder = process.cwd();
const workspace = workspaceAt(folder);
if (workspace === undefined) {
  throw new Error(`Expected a workspace, got ${folder}. Run this in a folder with a package.json.`);
}

// The `test` workspace starts real processes and judges their timing, so its files do not run side by side.
const judgesTiming = folder === join(root, "test");
const timeoutMs = judgesTiming ? 300_000 : 60_000;

const paths = process.argv.slice(2);
const files = testFiles(folder, paths);
console.log(`\n${workspace.name} on Node ${process.versions.node}`);
const queue = files.values();
const tallies: Tally[] = [];

async function work(): Promise<void> {
  for (const file of queue) {
    const result = await runTestFile(file, folder, timeoutMs);
    printFile(result);
    tallies.push(result.tally);
  }
}

await Promise.all(judgesTiming ? [work()] : [work(), work()]);

const tally = sumOf(tallies);
if (files.length === 0) {
  console.log(
    `  FAIL  expected test files under ${paths.join(", ") || folder}, got none. Add *.test.ts or mend the path.`,
  );
  tally.failed += 1;
}
console.log(`${workspace.name}: ${formatTally(tally)}`);
process.exitCode = tally.failed === 0 ? 0 : 1;
