import assert from "node:assert/strict";
import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, test } from "node:test";
import { fileURLToPath, pathToFileURL } from "node:url";
import { linesOf, startFixture } from "./fixture.ts";

describe("a life without the umbrella", () => {
  test("is stopped by SIGTERM and exits with 0, saying nothing", async (t) => {
    const service = startFixture(t, "plain-life");
    await service.until(/started/);
    service.kill("SIGTERM");
    assert.deepEqual(await service.ended, { code: 0, signal: null });
    assert.equal(service.stdout(), "started\npool closes\n");
    assert.equal(service.stderr(), "");
  });

  test("lets go of the process when its binding is disposed of", async (t) => {
    const service = startFixture(t, "unbound");
    await service.until(/the process goes on/);
    assert.equal(service.stdout(), "attached\nall taken off\nno life\nthe process goes on\n");
    service.kill("SIGTERM");
    assert.deepEqual(await service.ended, { code: null, signal: "SIGTERM" });
  });
});

test("OS signals that do not exist or cannot be caught are refused, and nothing stays behind", async (t) => {
  const service = startFixture(t, "refused-os-signals");
  assert.deepEqual(await service.ended, { code: 0, signal: null });
  const refused = "ERR_SEAWORTHY_OS_SIGNAL true true\n";
  assert.equal(service.stdout(), refused.repeat(3));
  assert.equal(linesOf(service, /^Started after/).length, 1);
});

test("two copies of the package share one life and say so once", async (t) => {
  const folder = mkdtempSync(join(tmpdir(), "seaworthy-copy-"));
  t.after(() => rmSync(folder, { recursive: true }));
  const source = fileURLToPath(new URL("../../packages/lifecycle/", import.meta.url));
  for (const part of ["src", "package.json"]) cpSync(join(source, part), join(folder, part), { recursive: true });
  const copyUrl = pathToFileURL(join(folder, "src/")).href;
  const service = startFixture(t, "two-copies", { args: [`${copyUrl}index.ts`] });
  assert.deepEqual(await service.ended, { code: 0, signal: null });
  assert.equal(service.stdout(), "two copies\ntrue\nERR_SEAWORTHY_ALREADY_BOUND\n");
  const lines = linesOf(service, /^Two copies/);
  assert.equal(lines.length, 1);
  assert.equal(lines[0]?.level, "warn");
  assert.ok(lines[0]?.msg.includes(`(${copyUrl}bind-process.ts) uses it. Deduplicate them with \`npm dedupe\`.`));
});
