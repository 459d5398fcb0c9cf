// `npm run test:repeat -- <path…> [times=50]`: runs test files again and again, in a row, and stops at the first run
// that fails. A test that judges timing is believed after it passed this.

import { existsSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { printFile } from "./print-file.ts";
import { refuse } from "./refuse.ts";
import { runTestFile } from "./test-file.ts";
import { testFiles } from "./test-files.ts";
import { root, testedWorkspaces } from "./workspaces.ts";

const args = process.argv.slice(2);
const times = Number(args.find((argument) => /^(times=)?\d+$/.test(argument))?.replace("times=", "") ?? 50);
const paths = args.filter((argument) => !/^(times=)?\d+$/.test(argument)).map((path) => resolve(root, path));
const files = paths.filter((path) => existsSync(path)).flatMap((path) => testFiles(dirname(path), [path]));

if (files.length === 0) {
  refuse(
    `Expected a test file or a folder with some, got ${paths.join(", ") || "nothing"}. ` +
      "Give a path from the root: npm run test:repeat -- test/process times=50",
  );
}

function workspaceOf(file: string): string {
  return testedWorkspaces().find(({ folder }) => file.startsWith(`${folder}/`))?.folder ?? root;
}

let runs = 0;
for (; runs < times && process.exitCode === undefined; runs += 1) {
  for (const file of files) {
    const result = await runTestFile(file, workspaceOf(file), 300_000);
    if (result.failed.length > 0) {
      printFile(result);
      process.exitCode = 1;
      break;
    }
  }
  if (process.exitCode === undefined) process.stdout.write(`${runs + 1} of ${times}\n`);
}
console.log(process.exitCode === 1 ? `run ${runs} of ${times} failed` : `${runs} of ${times} runs passed`);
