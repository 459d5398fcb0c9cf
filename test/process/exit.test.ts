import assert from "node:assert/strict";
import { once } from "node:events";
import { describe, test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { insist, linesOf, reportOf, startFixture } from "./fixture.ts";

const whole = 5_000_000 + "\nend".length;

describe("what was written just before the end arrives", () => {
  test("whole, through a pipe", async (t) => {
    const service = startFixture(t, "writes-much");
    await service.until(/Started after/);
    service.kill("SIGTERM");
    assert.deepEqual(await service.ended, { code: 0, signal: null });
    assert.equal(service.stdout().length, whole);
    assert.ok(service.stdout().endsWith("x\nend"));
  });

  test("whole, also when the reader is slow", async (t) => {
    const service = startFixture(t, "writes-much", { env: { SEAWORTHY_GRACE_PERIOD_SECONDS: "20" } });
    await service.until(/Started after/);
    service.child.stdout?.pause();
    service.kill("SIGTERM");
    await service.until(/Stopped .* exit 0/);
    await delay(200);
    assert.equal(service.child.exitCode, null);
    service.child.stdout?.resume();
    assert.deepEqual(await service.ended, { code: 0, signal: null });
    assert.equal(service.stdout().length, whole);
  });

  test("and a reader that never reads keeps the process no longer than its grace period", async (t) => {
    const service = startFixture(t, "writes-much", { env: { SEAWORTHY_GRACE_PERIOD_SECONDS: "1" } });
    await service.until(/Started after/);
    service.child.stdout?.pause();
    const killedAt = Date.now();
    service.kill("SIGTERM");
    const [code] = (await once(service.child, "exit")) as [number];
    const goneAfterMs = Date.now() - killedAt;
    service.child.stdout?.resume();
    assert.equal(code, 0);
    assert.ok(goneAfterMs > 800 && goneAfterMs < 3_000, `gone after ${goneAfterMs} ms`);
  });

  test("and a second OS signal does not wait for such a reader", async (t) => {
    const service = startFixture(t, "writes-much", { env: { SEAWORTHY_GRACE_PERIOD_SECONDS: "20" } });
    await service.until(/Started after/);
    service.child.stdout?.pause();
    service.kill("SIGTERM");
    await service.until(/Stopped .* exit 0/);
    const exited = once(service.child, "exit") as Promise<[number]>;
    const killedAt = Date.now();
    insist(t, service, "SIGTERM");
    const [code] = await exited;
    const goneAfterMs = Date.now() - killedAt;
    service.child.stdout?.resume();
    assert.equal(code, 1);
    assert.ok(goneAfterMs < 2_000, `gone after ${goneAfterMs} ms`);
  });
});

describe("a process with nothing left to do", () => {
  test("runs its stop hooks and ends with 0", async (t) => {
    const service = startFixture(t, "nothing-left");
    assert.deepEqual(await service.ended, { code: 0, signal: null });
    assert.equal(service.stdout(), "pool closes\n");
    assert.match(reportOf(service).msg, /after request \(nothing left to do\), exit 0/);
  });

  test("ends with the exit code that the application has set", async (t) => {
    const service = startFixture(t, "nothing-left", { args: ["3"] });
    assert.deepEqual(await service.ended, { code: 3, signal: null });
    assert.equal(service.stdout(), "pool closes\n");
    assert.equal(reportOf(service).exitCode, 3);
  });
});

describe("a process that waits at top level", () => {
  test("ends with 0 by SIGTERM", async (t) => {
    const service = startFixture(t, "awaits-at-top-level");
    await service.until(/Started after/);
    service.kill("SIGTERM");
    assert.deepEqual(await service.ended, { code: 0, signal: null });
    assert.equal(service.stdout(), "pool closes\n");
  });

  test("for what nothing can settle any more ends with Node's own 13", async (t) => {
    const service = startFixture(t, "unsettled-await");
    assert.deepEqual(await service.ended, { code: 13, signal: null });
    assert.equal(service.stdout(), "pool closes\n");
  });
});

describe("another owner of the exit", () => {
  test("who exits in the middle of a stop is named", async (t) => {
    const service = startFixture(t, "exits-by-itself");
    await service.until(/Started after/);
    service.kill("SIGTERM");
    assert.deepEqual(await service.ended, { code: 7, signal: null });
    const [line] = linesOf(service, /process\.exit/);
    assert.equal(line?.level, "warn");
    assert.match(line.msg, /^Something called process\.exit\(7\) while stopping, with 0 in flight/);
  });

  test("other listeners of SIGTERM are counted and named, once", async (t) => {
    const service = startFixture(t, "other-os-signal-listeners");
    await service.until(/Started after/);
    service.kill("SIGTERM");
    assert.deepEqual(await service.ended, { code: 0, signal: null });
    const lines = linesOf(service, /other SIGTERM/);
    assert.equal(lines.length, 1);
    assert.equal(lines[0]?.level, "warn");
    assert.match(lines[0]?.msg ?? "", /^2 other SIGTERM listeners in this process \(closeAll, `\(\) => console\.log/);
    assert.match(service.stdout(), /closeAll hears\nanother one hears\n/);
  });
});
