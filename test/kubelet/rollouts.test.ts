import assert from "node:assert/strict";
import { type TestContext, describe, test } from "node:test";
import type { PodSpec } from "./pod-spec.ts";
import { podSpec, runService, windowMs } from "./service.ts";
import type { Termination } from "./termination.ts";

/*
 * For each pod:   a new one starts ─▶ passes startup and readiness ─▶ is heard of ─▶ gets new connections
 *                 the old one: deleted ┬▶ kubelet: preStop, SIGTERM, grace period, SIGKILL
 *                                      └▶ EndpointSlice: terminating ── lag ──▶ gets no new connection
 */
async function survives(t: TestContext, spec: PodSpec, times: number): Promise<readonly Termination[]> {
  const { deployment, customers } = await runService(t, spec);
  for (let time = 0; time < times; time += 1) await deployment.restart();
  const replaced = await deployment.replaced();
  await customers.leave();

  assert.deepEqual(
    customers.failures.map(({ customer, what }) => `${customer}: ${what}`),
    [],
    `of ${customers.sent()} orders`,
  );
  const terminations = replaced.flatMap((pod) => pod.terminations);
  const endings = terminations.map(({ ending, isKilled }) => ({ ...ending, isKilled }));
  assert.deepEqual(
    endings,
    Array.from({ length: 2 * times }, () => ({ code: 0, signal: null, isKilled: false })),
  );
  assert.deepEqual(
    [...replaced, ...deployment.pods].filter((pod) => pod.restarts() > 0).map((pod) => pod.lastWords()),
    [],
  );
  return terminations;
}

const noWindow = {
  SEAWORTHY_DRAIN_WINDOW_MIN_MS: "0",
  SEAWORTHY_DRAIN_WINDOW_MAX_MS: "0",
  SEAWORTHY_DRAIN_WINDOW_QUIET_MS: "0",
};

describe("a service of two replicas", { timeout: 240_000 }, () => {
  test("drops no order in twenty rolling restarts", async (t) => {
    const terminations = await survives(t, podSpec(), 20);
    assert.deepEqual(
      terminations.filter(({ stopMs }) => stopMs < windowMs),
      [],
      "expected each to have a drain window",
    );
  });

  test("drops no order when a preStop hook waits for its drain window, which SIGTERM then skips", async (t) => {
    const terminations = await survives(t, podSpec({ preStop: { httpGet: "/prestop" } }), 3);
    assert.deepEqual(
      terminations.filter(({ preStopMs }) => preStopMs < windowMs),
      [],
    );
    // With a second window all of them would take longer than that.
    const fastestMs = Math.min(...terminations.map(({ stopMs }) => stopMs));
    assert.ok(fastestMs < windowMs, `the fastest took ${fastestMs} ms after SIGTERM`);
  });

  test("drops no order when a preStop hook sleeps", async (t) => {
    await survives(t, podSpec({ preStop: { sleepMs: windowMs } }), 2);
  });

  test("drops orders without a drain window, which shows that these customers notice", async (t) => {
    const { deployment, customers } = await runService(t, podSpec({ env: noWindow }));
    await deployment.restart();
    await deployment.replaced();
    await customers.leave();
    assert.notDeepEqual(customers.failures, []);
  });
});
