// `node test/run/on-node.ts <version> [--unless-own] [path…]`: runs tests on another Node. Its binary runs the runner
// itself, so that `process.execPath` is that binary in every test and every fixture.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { nodeBinary, versionOf } from "./node-binary.ts";
import { nodeFlags } from "./node-flags.ts";
import { refuse } from "./refuse.ts";
import { type Tally, formatTally, noTests, readWorkspaceTally, sumOf } from "./tally.ts";
import { root, testedWorkspaces } from "./workspaces.ts";

/** What runs real processes, and what rests on a part of Node that differs between its versions. */
const differs = [
  ...["process", "probes", "register", "drain", "matrix", "telemetry", "examples"].map((name) => `test/${name}`),
  "packages/http/test/drain",
  ...["context-manager.test.ts", "http", "instrumentation", "logs"].map((name) => `packages/telemetry/test/${name}`),
];

const wanted = readArguments(process.argv.slice(2));
const binary = nodeBinary(wanted.version);
const exact = versionOf(binary);

if (wanted.unlessOwn && exact === process.versions.node) {
  console.log(`Node ${wanted.version} is ${exact}, the repository's own: \`npm test\` runs on it.`);
} else {
  const tallies: Tally[] = [];
  for (const { folder } of testedWorkspaces()) {
    const paths = wanted.paths.filter((path) => `${path}/`.startsWith(`${folder}/`));
    if (paths.length > 0) tallies.push(await runWorkspace(folder, paths));
  }
  const sum = sumOf(tallies);
  console.log(`Node ${exact}: ${formatTally(sum)}`);
  process.exitCode = sum.failed === 0 && sum.passed > 0 ? 0 : 1;
}

/** Runs test files of a workspace, and counts them by the line that it ends with. */
async function runWorkspace(folder: string, paths: readonly string[]): Promise<Tally> {
  const args = [...nodeFlags, join(import.meta.dirname, "package.ts"), ...paths];
  const child = spawn(binary, args, { cwd: folder, stdio: ["ignore", "pipe", "inherit"] });
  const ended = once(child, "exit");
  let tally: Tally | undefined;
  for await (const line of createInterface(child.stdout)) {
    console.log(line);
    tally = readWorkspaceTally(line)?.tally ?? tally;
  }
  const [code] = (await ended) as [number | null];
  if (tally && (code === 0 || tally.failed > 0)) return tally;
  console.log(
    `Expected the tests of ${folder} to end with their counts and 0, got ${code}. Read what is printed above.`,
  );
  return { ...noTests(), ...tally, failed: 1 };
}

interface Arguments {
  readonly version: string;
  readonly paths: readonly string[];
  readonly unlessOwn: boolean;
}

function readArguments(args: readonly string[]): Arguments {
  const [version, ...named] = args.filter((argument) => !argument.startsWith("--"));
  const paths = (named.length > 0 ? named : differs).map((path) => join(root, path));
  const missing = paths.find((path) => !existsSync(path));
  if (version === undefined || !/^\d+(\.\d+){0,2}$/.test(version) || missing !== undefined) {
    refuse(
      `Expected a Node version and paths from the root, got ${args.join(" ") || "nothing"}. ` +
        "For example: npm run test:on-node -- 22.15.0 test/process test/drain",
    );
  }
  return { version, paths, unlessOwn: args.includes("--unless-own") };
}
