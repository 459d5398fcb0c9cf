// `node test/run/on-node.ts <version> [--unless-own] [folder…]`: runs folders of the `test` workspace on another Node.
// Its binary runs the runner itself, so that `process.execPath` is that binary in every test and every fixture.

import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { nodeBinary, versionOf } from "./node-binary.ts";
import { nodeFlags } from "./node-flags.ts";
import { refuse } from "./refuse.ts";
import { root } from "./workspaces.ts";

const PROCESS_LEVEL = ["process", "probes", "register", "drain", "matrix", "telemetry", "examples"];

const wanted = readArguments(process.argv.slice(2));
const binary = nodeBinary(wanted.version);
const exact = versionOf(binary);

if (wanted.unlessOwn && exact === process.versions.node) {
  console.log(`Node ${wanted.version} is ${exact}, the repository's own: \`npm test\` runs on it.`);
} else {
  const test = join(root, "test");
  const args = [...nodeFlags, join(import.meta.dirname, "package.ts"), ...wanted.folders];
  const { status } = spawnSync(binary, args, { cwd: test, stdio: ["ignore", "inherit", "inherit"] });
  process.exitCode = status ?? 1;
}

interface Arguments {
  readonly version: string;
  readonly folders: readonly string[];
  readonly unlessOwn: boolean;
}

function readArguments(args: readonly string[]): Arguments {
  const [version, ...named] = args.filter((argument) => !argument.startsWith("--"));
  const folders = named.length > 0 ? named : PROCESS_LEVEL;
  const missing = named.find((folder) => !existsSync(join(root, "test", folder)));
  if (version === undefined || !/^\d+(\.\d+){0,2}$/.test(version) || missing !== undefined) {
    refuse(
      `Expected a Node version and folders of test/, got ${args.join(" ") || "nothing"}. ` +
        "For example: node test/run/on-node.ts 22.15.0 process drain",
    );
  }
  return { version, folders, unlessOwn: args.includes("--unless-own") };
}
