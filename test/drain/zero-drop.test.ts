import assert from "node:assert/strict";
import type { TestContext } from "node:test";
import { describe, test } from "node:test";
import { setTimeout } from "node:timers/promises";
import { type RunningProcess, startProcess } from "../harness/process.ts";
import { sendCustomers } from "./customers.ts";
import { slowLink } from "./latency.ts";
import { longMs } from "./service.ts";
import { until } from "./until.ts";

/** Two thirds of the default, and so is its drain window: two thirds of a second at least. */
const gracePeriodMs = 20_000;
const routesMoveAfterMs = 100;

interface Pod {
  readonly process: RunningProcess;
  readonly port: number;
}

async function startPod(t: TestContext): Promise<Pod> {
  const process = startProcess(t, new URL("fixtures/orders.ts", import.meta.url), { args: [String(gracePeriodMs)] });
  const [, port] = await process.until(/port (\d+)/);
  return { process, port: Number(port) };
}

describe("a rollout under load, 20 ms away", { timeout: longMs }, () => {
  test("drops no order of 50 customers with connections of their own", async (t) => {
    await rollOut(t, async (old, moveRoutes) => {
      old.kill("SIGTERM");
      await setTimeout(routesMoveAfterMs);
      moveRoutes();
    });
  });

  test("drops no order without a drain window either, if routes move at once", async (t) => {
    await rollOut(t, (old, moveRoutes) => {
      moveRoutes();
      old.kill("SIGINT");
    });
  });
});

async function rollOut(
  t: TestContext,
  replace: (old: RunningProcess, moveRoutes: () => void) => Promise<void> | void,
): Promise<void> {
  const [before, after] = await Promise.all([startPod(t), startPod(t)]);
  const link = await slowLink(t, 20, before.port);
  const customers = sendCustomers(50, `http://127.0.0.1:${link.port}`);
  await until(() => customers.taken() > 200);

  await replace(before.process, () => link.routeTo(after.port));
  const { code } = await before.process.ended;
  const takenBefore = customers.taken();
  await until(() => customers.taken() > takenBefore + 200);

  assert.deepEqual(await customers.stop(), []);
  assert.equal(code, 0);
  assert.match(
    before.process.stdout(),
    /^Stopped .+ after SIG\w+, exit 0: \d+ in-flight finished; 1 of 1 hooks done\.$/m,
  );
}
