import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { ask } from "../harness/ask.ts";
import type { RunningProcess } from "../harness/process.ts";
import { appOf, insist, linesOf, reportOf, startFixture } from "./fixture.ts";

/** The time of a log line, in milliseconds. */
const timeOf = (service: RunningProcess, pattern: RegExp): number => {
  const [line] = linesOf(service, pattern);
  assert.ok(line, `expected a line that matches ${pattern}\n${service.stderr()}`);
  return Date.parse(line.time);
};

describe("hooks", () => {
  test("one that fails is named, the others run, and the exit code is 1", async (t) => {
    const service = startFixture(t, "failing-hook");
    await service.until(/Started after/);
    service.kill("SIGTERM");
    assert.deepEqual(await service.ended, { code: 1, signal: null });
    assert.match(service.stdout(), /pool closes/);
    const { msg, level, failures } = reportOf(service);
    assert.equal(level, "error");
    assert.match(
      msg,
      /2 of 4 hooks done; .*"cache" failed after .*: cache is gone; .*"metrics" failed after .*: metrics are gone/,
    );
    assert.deepEqual(
      failures.map(({ name, outcome }) => [name, outcome]),
      [
        ["cache", "failed"],
        ["metrics", "failed"],
      ],
    );
  });

  test("one over its timeoutMs is left behind and named, and the others run", async (t) => {
    const service = startFixture(t, "slow-hook");
    await service.until(/Started after/);
    service.kill("SIGTERM");
    assert.deepEqual(await service.ended, { code: 1, signal: null });
    assert.match(service.stdout(), /pool closes/);
    const { msg, durationMs } = reportOf(service);
    assert.match(msg, /stop hook "slow" timed-out after 0\.\d+ s/);
    assert.ok(durationMs >= 90 && durationMs < 1_000, `the stop took ${durationMs} ms`);
  });
});

describe("the deadline", () => {
  test("ends a process in which everything hangs, and one line names it all", async (t) => {
    const service = startFixture(t, "everything-hangs", { env: { SEAWORTHY_GRACE_PERIOD_SECONDS: "2" } });
    const app = await appOf(service);
    await service.until(/Started after/);
    const request = ask(`${app}/orders?token=secret`).catch(() => "cut");
    await service.until(/hanging is in flight/);
    const killedAt = Date.now();
    service.kill("SIGTERM");
    assert.deepEqual(await service.ended, { code: 1, signal: null });
    const goneAfterMs = Date.now() - killedAt;
    assert.equal(await request, "cut");
    const { msg, durationMs, openHandles } = reportOf(service);
    assert.match(msg, /^Stopped [\d.]+ s after SIGTERM, exit 1: /);
    assert.match(msg, /1 cut: GET \/orders \(1\.\d s\);/);
    assert.match(msg, /drain hook "consumer" abandoned after/);
    assert.match(msg, /stop hook "pool" abandoned after/);
    assert.match(msg, /still open: .*\d TCPServerWrap/);
    assert.equal(openHandles["Timeout"], undefined, "no timer of ours is counted");
    assert.ok(durationMs > 1_500 && durationMs < 2_500, `the stop took ${durationMs} ms`);
    assert.ok(goneAfterMs < 6_000, `gone after ${goneAfterMs} ms`);
  });

  test("counts also while a hook blocks the loop past it: the hook is named, no other begins", async (t) => {
    const service = startFixture(t, "blocking-hook", { env: { SEAWORTHY_GRACE_PERIOD_SECONDS: "1" } });
    await service.until(/Started after/);
    service.kill("SIGTERM");
    assert.deepEqual(await service.ended, { code: 1, signal: null });
    assert.doesNotMatch(service.stdout(), /pool closes/);
    assert.match(reportOf(service).msg, /"pool" skipped; stop hook "blocking" abandoned after 1\.5 s/);
  });

  test("counts also while the process is stopped from outside: it exits as soon as it goes on", async (t) => {
    const service = startFixture(t, "hanging-hook", { env: { SEAWORTHY_GRACE_PERIOD_SECONDS: "2" } });
    await service.until(/Started after/);
    service.kill("SIGTERM");
    await service.until(/pool hangs/);
    service.kill("SIGSTOP");
    await delay(2_200);
    assert.equal(service.child.exitCode, null);
    const continuedAt = Date.now();
    service.kill("SIGCONT");
    assert.deepEqual(await service.ended, { code: 1, signal: null });
    assert.ok(Date.now() - continuedAt < 1_000, `went on for ${Date.now() - continuedAt} ms`);
    assert.match(reportOf(service).msg, /stop hook "pool" abandoned after 2\.\d s/);
  });
});

describe("a second OS signal means now", () => {
  for (const [first, second] of [
    ["SIGTERM", "SIGTERM"],
    ["SIGINT", "SIGTERM"],
    ["SIGTERM", "SIGINT"],
  ] as const) {
    test(`${second} after ${first} ends the process at once with 1`, async (t) => {
      const service = startFixture(t, "hanging-hook", { env: { SEAWORTHY_GRACE_PERIOD_SECONDS: "20" } });
      await service.until(/Started after/);
      service.kill(first);
      await service.until(/pool hangs/);
      const killedAt = Date.now();
      insist(t, service, second);
      assert.deepEqual(await service.ended, { code: 1, signal: null });
      assert.match(
        reportOf(service).msg,
        new RegExp(`after ${first}, exit 1: forced by ${second}; .*"pool" abandoned`),
      );
      const tookMs = timeOf(service, /^Stopped/) - killedAt;
      assert.ok(tookMs < 500, `it took ${tookMs} ms`);
      assert.ok(Date.now() - killedAt < 2_000, `gone after ${Date.now() - killedAt} ms`);
    });
  }

  test("the same one again within 50 ms is an echo and does not count", async (t) => {
    const service = startFixture(t, "two-os-signals-at-once");
    assert.deepEqual(await service.ended, { code: 0, signal: null });
    assert.equal(service.stdout(), "SIGTERM arrives\nSIGTERM arrives\npool closes\n");
    assert.equal(linesOf(service, /^Draining/).length, 1);
  });
});

describe("a stop by request", () => {
  test("twice, and an OS signal on top, is one stop", async (t) => {
    const service = startFixture(t, "stops-by-request");
    const app = await appOf(service);
    await service.until(/Started after/);
    const request = ask(app);
    await service.until(/one stop/);
    service.kill("SIGTERM");
    assert.equal((await request).status, 200);
    assert.deepEqual(await service.ended, { code: 0, signal: null });
    assert.deepEqual(
      linesOf(service, /^Draining/).map(({ msg }) => msg),
      ["Draining: request (admin)."],
    );
    assert.equal(reportOf(service).exitCode, 0);
  });

  test("stops a process that has hardly begun", async (t) => {
    const service = startFixture(t, "stops-at-once");
    assert.deepEqual(await service.ended, { code: 0, signal: null });
    assert.match(service.stdout(), /pool closes/);
  });
});
