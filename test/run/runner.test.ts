import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import { nodeFlags } from "./node-flags.ts";
import { readWorkspaceTally } from "./tally.ts";
import { type FileResult, runTestFile } from "./test-file.ts";

const folder = mkdtempSync(join(tmpdir(), "seaworthy-runner-"));
after(() => rmSync(folder, { recursive: true, force: true }));
writeFileSync(join(folder, "package.json"), `{"name":"@scratch/one","type":"module"}`);

function run(source: string, timeoutMs = 20_000): Promise<FileResult> {
  const file = join(folder, "scratch.test.ts");
  writeFileSync(file, `import { describe, test } from "node:test";\n${source}`);
  return runTestFile(file, folder, timeoutMs);
}

describe("the test runner", () => {
  test("counts tests and subtests, and not the suites around them", async () => {
    const { tally } = await run(
      `describe("a", () => { test("b", () => {}); test("c", (t) => t.test("d", () => {})); });`,
    );
    assert.deepEqual(tally, { passed: 3, failed: 0, skipped: 0 });
  });

  test("names a failed test by its whole path, and keeps its error and the output", async () => {
    const result = await run(
      `console.log("heard"); describe("a", () => test("b", () => { throw new Error("sunk"); }));`,
    );
    assert.deepEqual(result.tally, { passed: 0, failed: 1, skipped: 0 });
    assert.equal(result.failed[0]?.name, "a › b");
    assert.match(result.failed[0].detail, /Error: sunk\n +at .*scratch\.test\.ts/);
    assert.match(result.output, /heard/);
  });

  test("counts skipped and todo tests with their reasons", async () => {
    const { tally, skipped } = await run(`
      test("a", { skip: "no sea" }, () => {});
      test("b", (t) => t.todo("later"));
      describe("c", { skip: "no suite" }, () => test("d", () => {}));`);
    assert.deepEqual(tally, { passed: 0, failed: 0, skipped: 3 });
    assert.deepEqual(
      skipped.map(({ detail }) => detail),
      ["no sea", "todo: later", "no suite"],
    );
  });

  test("fails a suite whose hook throws", async () => {
    const { tally } = await run(`
      import { before } from "node:test";
      describe("a", () => { before(() => { throw new Error("hook"); }); test("b", () => {}); });`);
    assert.notEqual(tally.failed, 0);
    assert.equal(tally.passed, 0);
  });

  test("fails a file without tests", async () => {
    const { tally, failed } = await run("");
    assert.equal(tally.failed, 1);
    assert.match(failed[0]?.detail ?? "", /at least one test, got none/);
  });

  test("fails a file that cannot be loaded", async () => {
    const { tally, output } = await run(`import "./nowhere.ts";`);
    assert.equal(tally.failed, 1);
    assert.match(output, /ERR_MODULE_NOT_FOUND/);
  });

  test("fails a file whose process exits before its tests are done", async () => {
    const { failed } = await run(`test("a", () => {}); test("b", () => process.exit(0));`);
    assert.match(failed[0]?.detail ?? "", /exits it early/);
  });

  test("fails a file that throws after its tests passed", async () => {
    const { tally } = await run(`test("a", () => { setTimeout(() => { throw new Error("late"); }, 50); });`);
    assert.equal(tally.failed, 1);
  });

  test("ends a file that traps SIGTERM and hangs, together with the processes it left", async () => {
    const { tally, failed } = await run(
      `
      import { spawn } from "node:child_process";
      process.on("SIGTERM", () => {});
      test("a", () => { spawn("sleep", ["600"], { stdio: "inherit" }); });`,
      3_000,
    );
    assert.deepEqual(tally, { passed: 1, failed: 1, skipped: 0 });
    assert.match(failed[0]?.detail ?? "", /end within 3 s, got no end after 1 finished tests/);
  });

  test("ends with one line of counts, and an exit code that tells", () => {
    writeFileSync(join(folder, "scratch.test.ts"), `import { test } from "node:test"; test("a", () => {});`);
    const program = join(import.meta.dirname, "package.ts");
    const all = spawnSync(process.execPath, [...nodeFlags, program], { cwd: folder, encoding: "utf8" });
    const lines = all.stdout.trimEnd().split("\n");
    assert.deepEqual(readWorkspaceTally(lines.at(-1) ?? ""), {
      workspace: "@scratch/one",
      tally: { passed: 1, failed: 0, skipped: 0 },
    });
    assert.equal(all.status, 0);
    rmSync(join(folder, "scratch.test.ts"));
    assert.equal(spawnSync(process.execPath, [...nodeFlags, program], { cwd: folder }).status, 1);
  });
});
