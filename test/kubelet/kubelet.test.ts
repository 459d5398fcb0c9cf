import assert from "node:assert/strict";
import { type TestContext, describe, test } from "node:test";
import { setTimeout } from "node:timers/promises";
import { until } from "../drain/until.ts";
import { ask } from "../harness/ask.ts";
import { type Endpoint, createEndpointSlice } from "./endpoint-slice.ts";
import { choose } from "./kube-proxy.ts";
import { type Pod, runPod } from "./pod.ts";
import { type PodSpec, probe } from "./pod-spec.ts";

// What the other tests of this folder rest on: that the kubelet they have is one.

const periodMs = 30;
const graceMs = 2_500;

interface Probed {
  readonly pod: Pod;
  set(path: string, status: number): Promise<unknown>;
  /** What its process heard, in order, since the last time. */
  heard(): readonly string[];
  /** Waits for so many periods. */
  pass(periods: number): Promise<void>;
  story(): readonly string[];
}

async function run(t: TestContext, set: Partial<PodSpec> = {}): Promise<Probed> {
  const slice = createEndpointSlice(0);
  const pod = runPod(
    t,
    "pod",
    {
      file: new URL("fixtures/probed.ts", import.meta.url),
      startupProbe: probe("/startupz", { periodMs, failureThreshold: 1_000 }),
      livenessProbe: probe("/livez", { periodMs }),
      readinessProbe: probe("/readyz", { periodMs }),
      terminationGracePeriodMs: graceMs,
      ...set,
    },
    slice,
  );
  const { process } = pod.container;
  await until(() => pod.isReady());
  let read = 0;
  return {
    pod,
    set: (path, status) => ask(`http://127.0.0.1:${pod.container.ports()?.app}/set?path=${path}&status=${status}`),
    heard() {
      const all = process.stdout();
      const lines = all.slice(read).trim().split("\n");
      read = all.length;
      return lines.map((line) => line.replace(/^asked (\S+) .*/, "$1"));
    },
    pass: (periods) => setTimeout(periods * periodMs),
    story: () => slice.storyOf("pod"),
  };
}

describe("the kubelet of these tests", { timeout: 60_000 }, () => {
  test("asks each probe on a connection of its own, and startup alone until it has passed", async (t) => {
    const { pod, heard, pass } = await run(t);
    await pass(5);
    assert.match(pod.container.process.stdout(), /^asked \/livez by kube-probe\/\S+ close$/m);
    const paths = heard().filter((line) => line.startsWith("/"));
    assert.deepEqual([paths[0], paths.slice(1).includes("/startupz")], ["/startupz", false]);
    assert.deepEqual([...new Set(paths.slice(1))].toSorted(), ["/livez", "/readyz"]);
  });

  test("holds a failure to be one only from the threshold on", async (t) => {
    const patient = probe("/livez", { periodMs, failureThreshold: 1_000 });
    const { pod, set, story, pass } = await run(t, { livenessProbe: patient });
    await Promise.all([set("/livez", 500), set("/readyz", 503)]);
    await until(() => story().at(-1) === "not ready");
    await set("/readyz", 200);
    await until(() => story().at(-1) === "ready");
    await pass(5);
    assert.equal(pod.restarts(), 0);
  });

  test("restarts the container of a failed liveness probe, after SIGTERM and its grace period", async (t) => {
    const { pod, set, story } = await run(t);
    await set("/livez", 500);
    await until(() => pod.restarts() === 1 && pod.isReady());
    assert.deepEqual(
      pod.terminations.map(({ ending, isKilled }) => [ending.signal, isKilled]),
      [["SIGKILL", true]],
    );
    await until(() => story().join() === "not ready,ready,not ready,ready");
  });

  test("asks for nothing but readiness once a pod is being deleted, and kills it when its grace period is over", async (t) => {
    const { pod, set, heard, pass, story } = await run(t);
    const gone = pod.delete();
    await pod.container.process.until(/SIGTERM/);
    await pass(2);
    heard();
    await set("/livez", 500);
    await pass(5);
    assert.deepEqual(new Set(heard()), new Set(["/readyz"]));
    await gone;
    await until(() => story().at(-1) === "gone");
    const [termination] = pod.terminations;
    assert.deepEqual([termination?.isKilled, pod.restarts(), story().slice(-2)], [true, 0, ["terminating", "gone"]]);
    assert.ok((termination?.stopMs ?? 0) >= graceMs - 50, "expected SIGKILL no earlier than the grace period has it");
  });

  test("waits for a preStop hook whatever its status, and takes whole seconds of it off the grace period", async (t) => {
    const { pod, set } = await run(t, { preStop: { httpGet: "/prestop" } });
    await set("/prestop", 500);
    await pod.delete();
    assert.match(pod.container.process.stdout(), /asked \/prestop by kube-lifecycle[^]*SIGTERM/);
    const slow = await run(t, { preStop: { sleepMs: 1_100 }, terminationGracePeriodMs: 3_500 });
    await slow.pod.delete();
    const [{ preStopMs, stopMs } = { preStopMs: 0, stopMs: 0 }] = slow.pod.terminations;
    assert.ok(preStopMs >= 1_050 && stopMs >= 2_450 && stopMs < 3_400, `got ${preStopMs} and ${stopMs}`);
  });

  test("routes to what is ready, else to what still serves while it is terminating, else nowhere", () => {
    const ready: Endpoint = { port: 1, ready: true, serving: true, terminating: false };
    const serving: Endpoint = { port: 2, ready: false, serving: true, terminating: true };
    const failing: Endpoint = { port: 3, ready: false, serving: false, terminating: true };
    const starting: Endpoint = { port: 4, ready: false, serving: false, terminating: false };
    const all = [failing, serving, ready, starting];
    assert.deepEqual([all, all.toSpliced(2, 1), [failing, starting]].map(choose), [ready, serving, undefined]);
  });
});
