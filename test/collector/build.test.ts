import assert from "node:assert/strict";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { type TestContext, describe, test } from "node:test";
import { type RunningProcess, startProcess } from "../harness/process.ts";
import { root } from "../run/workspaces.ts";

const program = new URL("../../collector/distribution/build.ts", import.meta.url);

/** Go as far as a build needs it: it writes down what it was asked, and a program where it was asked for one. */
const standIn = `#!/bin/sh
echo "$1" >> "$GO_LOG"
[ $? = 0 ] || exit 1
case "$1" in
  build) while [ "$1" != "-o" ]; do shift; done; printf '#!/bin/sh\\n' > "$2"; chmod +x "$2";;
esac
`;

interface Machine {
  build(env?: Readonly<Record<string, string>>): RunningProcess;
  /** What Go was asked to do. */
  asked(): string[];
  /** What is in the cache: folders, and files within them. */
  cached(): string[];
}

/** A machine with an empty cache, with Go or without. */
function machine(t: TestContext, hasGo = true): Machine {
  const folder = mkdtempSync(join(tmpdir(), "seaworthy-build-"));
  t.after(() => rmSync(folder, { recursive: true }));
  const [bin, log, cache] = ["bin", "log", "cache"].map((name) => join(folder, name)) as [string, string, string];
  mkdirSync(bin);
  writeFileSync(log, "");
  if (hasGo) {
    writeFileSync(join(bin, "go"), standIn);
    chmodSync(join(bin, "go"), 0o755);
  }
  // The shell's own tools, and no other Go.
  const PATH = hasGo ? [bin, "/usr/bin", "/bin"].join(delimiter) : bin;
  return {
    build: (env = {}) =>
      startProcess(t, program, {
        cwd: root,
        env: { PATH, GO_LOG: log, XDG_CACHE_HOME: cache, OTELCOL_BIN: "", ...env },
      }),
    asked: () => readFileSync(log, "utf8").split("\n").filter(Boolean),
    cached: () =>
      readdirSync(join(cache, "seaworthy", "collector"), { recursive: true })
        .map(String)
        .toSorted(),
  };
}

const lastLineOf = ({ stdout }: RunningProcess): string => stdout().trimEnd().split("\n").at(-1) ?? "";

async function succeeds(build: RunningProcess): Promise<string> {
  assert.deepEqual(await build.ended, { code: 0, signal: null }, build.stderr());
  return lastLineOf(build);
}

describe("a build of the Collector", () => {
  test("prints the path of the binary, and is done once", async (t) => {
    const { build, asked, cached } = machine(t);
    const path = await succeeds(build());
    assert.match(path, /\/cache\/seaworthy\/collector\/[0-9a-f]{16}\/otelcol-seaworthy$/);
    assert.deepEqual(asked(), ["version", "run", "build"]);
    assert.equal(await succeeds(build()), path);
    assert.deepEqual(asked(), ["version", "run", "build"]);
    assert.equal(cached().length, 2, cached().join("\n"));
  });

  test("does not hurt another one that runs at the same time", async (t) => {
    const { build, cached } = machine(t);
    const paths = await Promise.all([build(), build(), build()].map(succeeds));
    assert.equal(new Set(paths).size, 1);
    assert.equal(cached().length, 2, cached().join("\n"));
  });

  test("takes the binary that OTELCOL_BIN names, and asks Go for nothing", async (t) => {
    const { build, asked } = machine(t);
    assert.equal(await succeeds(build({ OTELCOL_BIN: process.execPath })), process.execPath);
    assert.deepEqual(asked(), []);
  });

  for (const [title, env, hasGo, exitCode, code] of [
    ["without Go ends with a code", {}, false, 69, "ERR_COLLECTOR_NO_GO"],
    ["ends when OTELCOL_BIN names nothing", { OTELCOL_BIN: "/nowhere" }, true, 1, "ERR_COLLECTOR_BINARY"],
    ["ends when Go does not succeed", { GO_LOG: "/nowhere/log" }, true, 1, "ERR_COLLECTOR_BUILD"],
  ] as const) {
    test(title, async (t) => {
      const building = machine(t, hasGo).build(env);
      assert.deepEqual(await building.ended, { code: exitCode, signal: null });
      assert.match(building.stderr(), new RegExp(`^${code}: `, "m"));
      assert.equal(building.stdout(), "");
    });
  }
});
