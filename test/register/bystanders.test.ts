import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join, relative } from "node:path";
import { type TestContext, describe, test } from "node:test";
import { fileURLToPath, pathToFileURL } from "node:url";
import { cleanEnvironment, startProcess } from "../harness/process.ts";
import { nodeFlags } from "../run/node-flags.ts";
import { root } from "../run/workspaces.ts";

// What NODE_OPTIONS reaches beside the service: every process below is run with and without register, and must end
// with the same output, the same listeners and servers, and no file of ours but the one that was asked for, and what sees
// libraries being loaded; nothing of OpenTelemetry, and nothing of the service.

const fixtures = join(import.meta.dirname, "fixtures");
const witness = pathToFileURL(join(fixtures, "witness.mjs")).href;

interface Trace {
  readonly ending: object;
  readonly stdout: string;
  readonly stderr: string;
  /** A line for each process and thread. */
  readonly witnessed: readonly string[];
  /** Files of ours, one for each process or thread that loaded it. */
  readonly loaded: readonly string[];
}

/** The scripts that V8 counted: one file of coverage for each process or thread. */
function loadedFiles(folder: string): string[] {
  return readdirSync(folder).flatMap((name) => {
    const { result } = JSON.parse(readFileSync(join(folder, name), "utf8")) as { result: { url: string }[] };
    const paths = result.flatMap(({ url }) => (url.startsWith("file:") ? [relative(root, fileURLToPath(url))] : []));
    return paths.filter((path) => path.startsWith("packages/") || path.includes("@opentelemetry"));
  });
}

async function trace(t: TestContext, command: readonly string[], isRegistered: boolean): Promise<Trace> {
  const scratch = mkdtempSync(join(tmpdir(), "seaworthy-trace-"));
  t.after(() => rmSync(scratch, { recursive: true, force: true }));
  const [coverage, witnessed] = [join(scratch, "coverage"), join(scratch, "witnessed")];
  mkdirSync(coverage);
  writeFileSync(witnessed, "");
  const options = [...nodeFlags, ...(isRegistered ? ["--import", "seaworthy/register"] : []), "--import", witness];
  const [program = "", ...args] = command;
  const run = startProcess(t, new URL(import.meta.url), {
    command: [program, ...args],
    cwd: join(fixtures, "tools"),
    env: {
      // The Node of this test, also for programs that look for one.
      PATH: `${dirname(process.execPath)}${delimiter}${cleanEnvironment()["PATH"]}`,
      NODE_OPTIONS: options.join(" "),
      NODE_V8_COVERAGE: coverage,
      WITNESS: witnessed,
      NO_UPDATE_NOTIFIER: "1",
      OTEL_SDK_DISABLED: "false",
    },
  });
  const ending = await run.ended;
  return {
    ending,
    stdout: run.stdout().replaceAll(/\d+ ?ms\b/g, "some ms"),
    stderr: run.stderr(),
    witnessed: readFileSync(witnessed, "utf8").split("\n").slice(0, -1).toSorted(),
    loaded: loadedFiles(coverage),
  };
}

const isLight =
  /^packages\/(seaworthy\/src\/(register|environment|telemetry-off)|telemetry\/src\/(arm|load-api|environment\/nearest|http\/fastify-route|instrumentation\/[\w-]+))\.ts$/;

const node = process.execPath;
const bystanders: Readonly<Record<string, readonly string[]>> = {
  "node -e 0": [node, "-e", "0"],
  "npm --version": ["npm", "--version"],
  "npm run": ["npm", "run", "--silent", "hello"],
  npx: ["npx", "--offline", "--call", "node -p 1"],
  "a formatter": [node, join(root, "node_modules/oxfmt/bin/oxfmt"), "--check", "tool.ts"],
  // It becomes a native program: an end that has no witness.
  "a compiler": [node, join(root, "node_modules/typescript/bin/tsc"), "--noEmit", "--ignoreConfig", "tool.ts"],
  "a process and its children": [node, join(fixtures, "parent.cjs")],
  "a worker thread that serves": [node, join(fixtures, "worker.mjs")],
};

describe("under NODE_OPTIONS nothing changes for", () => {
  for (const [what, command] of Object.entries(bystanders)) {
    test(what, async (t) => {
      const [bare, registered] = [await trace(t, command, false), await trace(t, command, true)];
      assert.deepEqual(bare.ending, { code: 0, signal: null }, bare.stdout + bare.stderr);
      assert.deepEqual(bare.loaded, []);
      const { loaded, ...same } = registered;
      assert.deepEqual({ ...same, loaded: [] }, bare);
      const more = loaded.filter((path) => !isLight.test(path));
      assert.deepEqual(more, []);
      assert.ok(loaded.length >= bare.witnessed.length, "expected register in every process and thread");
    });
  }
});
