import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { ask, keepAliveAgent } from "../harness/ask.ts";
import type { RunningProcess } from "../harness/process.ts";
import { appOf, askProbes, linesOf, probesOf, reportOf, startFixture } from "./fixture.ts";

const window = (ms: number) => ({
  SEAWORTHY_DRAIN_WINDOW_MIN_MS: String(ms),
  SEAWORTHY_DRAIN_WINDOW_MAX_MS: String(ms),
});

interface Asked {
  readonly begunAt: number;
  readonly endedAt: number;
  /** The status, or the code of the error. */
  readonly outcome: number | string;
}

/** Asks again and again until nobody answers any more. */
async function askUntilGone(question: () => Promise<{ readonly status: number }>): Promise<readonly Asked[]> {
  const asked: Asked[] = [];
  for (;;) {
    const begunAt = Date.now();
    const outcome = await question().then(
      ({ status }) => status,
      ({ code }: NodeJS.ErrnoException) => code ?? "failed",
    );
    asked.push({ begunAt, endedAt: Date.now(), outcome });
    if (outcome === "ECONNREFUSED") return asked;
    await delay(5);
  }
}

/** What was answered, each answer once. */
const outcomes = (asked: readonly Asked[]): readonly (number | string)[] => [
  ...new Set(asked.map(({ outcome }) => outcome)),
];

/** What was asked before the exit: the listener closes there, and resets the one probe that is on its way to it. */
function untilExit(asked: readonly Asked[]): readonly Asked[] {
  const lastAnswer = asked.findLastIndex(({ outcome }) => typeof outcome === "number");
  assert.ok(
    asked.length - lastAnswer <= 3,
    `expected at most one reset, got ${outcomes(asked.slice(lastAnswer)).join(", ")}`,
  );
  return asked.slice(0, lastAnswer + 1);
}

async function whenWindowOver(service: RunningProcess): Promise<number> {
  const [, at] = await service.until(/window over at (\d+)/);
  return Number(at);
}

describe("SIGTERM", () => {
  test("fails readiness at once, while liveness passes until the exit", async (t) => {
    const service = startFixture(t, "server", { env: window(600) });
    const probes = await probesOf(service);
    await service.until(/Started after/);
    assert.deepEqual(await askProbes(probes), { startup: 200, live: 200, ready: 200 });
    const live = askUntilGone(() => ask(`${probes}/livez`));
    const ready = askUntilGone(() => ask(`${probes}/readyz`));
    const killedAt = Date.now();
    service.kill("SIGTERM");
    assert.equal((await service.ended).code, 0);
    assert.ok(untilExit(await live).length > 10);
    assert.deepEqual(outcomes(untilExit(await live)), [200]);
    const redFrom = (await ready).findIndex(({ outcome }) => outcome === 503);
    assert.deepEqual(outcomes(untilExit((await ready).slice(redFrom))), [503]);
    const redAfterMs = ((await ready)[redFrom]?.begunAt ?? Infinity) - killedAt;
    assert.ok(redAfterMs < 500, `readiness failed ${redAfterMs} ms after SIGTERM`);
  });

  test("serves old and new connections through the whole drain window", async (t) => {
    const service = startFixture(t, "server", { env: window(600) });
    const app = await appOf(service);
    await service.until(/Started after/);
    const agent = keepAliveAgent();
    t.after(() => agent.destroy());
    assert.equal((await ask(app, { agent })).headers.connection, "keep-alive");
    service.kill("SIGTERM");
    await service.until(/Draining: SIGTERM/);
    const onOld = await ask(app, { agent });
    assert.deepEqual([onOld.status, onOld.headers.connection], [200, "close"]);
    const onNew = await askUntilGone(() => ask(app));
    const overAt = await whenWindowOver(service);
    const answered = untilExit(onNew);
    assert.ok(answered.length > 10, `only ${answered.length} requests`);
    assert.deepEqual(outcomes(answered), [200]);
    const failedAt = onNew[answered.length]?.endedAt ?? 0;
    assert.ok(failedAt >= overAt - 2, `a request failed ${overAt - failedAt} ms before the window was over`);
    assert.equal((await service.ended).code, 0);
  });

  test("with readinessWhileDraining: pass, readiness stays green until the listener closes", async (t) => {
    const env = { ...window(600), SEAWORTHY_READINESS_WHILE_DRAINING: "pass" };
    const service = startFixture(t, "server", { env });
    const [probes, app] = [await probesOf(service), await appOf(service)];
    await service.until(/Started after/);
    const hanging = ask(`${app}/hanging`).catch(() => "cut");
    await service.until(/hanging is in flight/);
    service.kill("SIGTERM");
    await service.until(/Draining: SIGTERM/);
    assert.deepEqual(await askProbes(probes), { startup: 200, live: 200, ready: 200 });
    await whenWindowOver(service);
    assert.deepEqual(await askProbes(probes), { startup: 200, live: 200, ready: 503 });
    assert.equal(await hanging, "cut");
    await service.ended;
  });

  test("without connections and without a window the process is gone quickly", async (t) => {
    const service = startFixture(t, "server", { env: window(0) });
    await service.until(/Started after/);
    service.kill("SIGTERM");
    assert.deepEqual(await service.ended, { code: 0, signal: null });
    const { durationMs } = reportOf(service);
    assert.ok(durationMs < 500, `the stop took ${durationMs} ms`);
  });

  test("finishes the request in hand and exits with 0 right after it", async (t) => {
    const service = startFixture(t, "server", { env: window(0) });
    const app = await appOf(service);
    await service.until(/Started after/);
    const slow = ask(`${app}/slow`);
    await service.until(/slow is in flight/);
    service.kill("SIGTERM");
    const { status, body, headers } = await slow;
    assert.deepEqual([status, body, headers.connection], [200, "slow", "close"]);
    assert.deepEqual(await service.ended, { code: 0, signal: null });
    const { finished, cut, durationMs } = reportOf(service);
    assert.deepEqual({ finished, cut }, { finished: 1, cut: [] });
    assert.ok(durationMs < 1_800, `the stop took ${durationMs} ms`);
  });

  test("SIGINT skips the window", async (t) => {
    const service = startFixture(t, "server", { env: window(1_500) });
    await service.until(/Started after/);
    service.kill("SIGINT");
    assert.deepEqual(await service.ended, { code: 0, signal: null });
    const { durationMs } = reportOf(service);
    assert.ok(durationMs < 750, `the stop took ${durationMs} ms`);
    assert.equal(linesOf(service, /^Draining: SIGINT/).length, 1);
  });
});

test("a stop goes its steps in order, and no dependency closes before nothing is in flight", async (t) => {
  const service = startFixture(t, "ordered-stop", { env: window(200) });
  const app = await appOf(service);
  await service.until(/Started after/);
  const request = ask(app);
  await service.until(/request begins/);
  service.kill("SIGTERM");
  assert.equal((await request).status, 200);
  assert.equal((await service.ended).code, 0);
  assert.deepEqual(service.stdout().trim().split("\n"), [
    "request begins",
    "intake, 1 in flight",
    "window over, 1 in flight",
    "consumer begins, 1 in flight",
    "consumer ends",
    "request ends",
    "cache begins, 0 in flight",
    "cache ends, 0 in flight",
    "pool begins, 0 in flight",
    "pool ends, 0 in flight",
  ]);
});
