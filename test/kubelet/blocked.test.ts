import assert from "node:assert/strict";
import { type TestContext, describe, test } from "node:test";
import { until } from "../drain/until.ts";
import { ask } from "../harness/ask.ts";
import type { Pod } from "./pod.ts";
import type { PodSpec } from "./pod-spec.ts";
import { type Service, podSpec, runService } from "./service.ts";

const nobody = { keepAlive: 0, newConnection: 0 };

interface Blocked extends Service {
  readonly pod: Pod;
  /** What was heard of the pod from the block on. */
  story(): readonly string[];
}

/** Blocks the main thread of one of two replicas. */
async function block(t: TestContext, query: string, spec: PodSpec, crowd = nobody): Promise<Blocked> {
  const service = await runService(t, spec, crowd);
  const [pod] = service.deployment.pods;
  assert.ok(pod);
  const { length } = service.slice.storyOf(pod.name);
  await ask(`http://127.0.0.1:${pod.container.ports()?.app}/block${query}`);
  return { ...service, pod, story: () => service.slice.storyOf(pod.name).slice(length) };
}

describe("a replica whose main thread is blocked", { timeout: 120_000 }, () => {
  test("leaves rotation, comes back, and is not restarted, for all that it did not answer", async (t) => {
    const crowd = { keepAlive: 10, newConnection: 5 };
    const { pod, story, customers } = await block(t, "?ms=6000", podSpec(), crowd);
    await until(() => story().at(-1) === "not ready");
    const takenBefore = customers.taken();
    await until(() => story().at(-1) === "ready");
    assert.ok(customers.taken() > takenBefore, "expected the other replica to take orders meanwhile");
    await customers.leave();
    assert.deepEqual(customers.failures, []);
    assert.deepEqual([pod.restarts(), pod.terminations, story()], [0, [], ["not ready", "ready"]]);
  });

  test("is restarted once it has not come round for the stall limit", async (t) => {
    const env = { SEAWORTHY_STALL_LIMIT_MS: "3000" };
    const { pod, story } = await block(t, "", podSpec({ env, terminationGracePeriodMs: 2_000 }));
    await until(() => story().at(-1) === "ready");
    assert.deepEqual([pod.restarts(), story()], [1, ["not ready", "ready"]]);
    assert.deepEqual(
      pod.terminations.map(({ isKilled }) => isKilled),
      [true],
    );
  });

  test("is restarted for a moment's block when its probes have no thread of their own", async (t) => {
    const env = { SEAWORTHY_PROBE_THREAD: "false" };
    const { pod } = await block(t, "?ms=6000", podSpec({ env }));
    await until(() => pod.restarts() > 0);
  });
});
