import assert from "node:assert/strict";
import { test } from "node:test";
import type { Receiver } from "@seaworthy/otlp-receiver";
import { until } from "../drain/until.ts";
import type { RunningProcess } from "../harness/process.ts";
import { deliveriesOf } from "../telemetry/service.ts";
import { newTraceId, sendRecords, sendSpans } from "./otlp.ts";
import { openRoad, startSender } from "./road.ts";
import { withCollector } from "./suite.ts";

const patient = { timeoutMs: 180_000 };
const outageSeconds = 30;

/** The numbers of the spans that arrived. */
const arrived = ({ spans }: Receiver): Set<unknown> =>
  new Set(spans().map(({ attributes }) => attributes["step.number"]));

const secondsOf = (service: RunningProcess): number => [...service.stdout().matchAll(/second \d+ is over/g)].length;

/** Ends a service, and says how many spans it made, sent and counted as lost. */
async function endOf(service: RunningProcess): Promise<{ made: number; sent: number; lost: number }> {
  service.kill("SIGTERM");
  assert.deepEqual(await service.ended, { code: 0, signal: null }, service.stderr());
  const made = Number(/made (\d+) in all/.exec(service.stdout())?.[1]);
  return { made, ...(deliveriesOf(service)["spans"] ?? assert.fail(service.stderr())) };
}

/** Half a minute of outage, and what a loaded machine takes for the rest. */
const unhurried = { timeout: 240_000 };

withCollector("when something on the road fails", (otelcol) => {
  test(
    "all that is made while the back ends are away for 30 s is delivered when they are back",
    unhurried,
    async (t) => {
      const { agent, backEnd, gateway } = await openRoad(t, otelcol);
      const service = startSender(t, "makes.ts", agent.url, { env: { PER_SECOND: "200" } });
      await backEnd.until(({ spans }) => spans().length > 0, patient);
      await backEnd.refuse();
      const begun = secondsOf(service);
      await service.until(new RegExp(`^second ${begun + outageSeconds} is over$`, "m"));
      const before = arrived(backEnd).size;
      const queued = await gateway.metric("otelcol_exporter_queue_size", /exporter="otlp_http\/traces"/);
      await backEnd.listenAgain();
      const { made, sent, lost } = await endOf(service);
      assert.deepEqual({ sent, lost }, { sent: made, lost: 0 });
      await backEnd.until(() => arrived(backEnd).size === made, patient);
      assert.ok(made - before > outageSeconds * 100, `${before} of ${made} arrived before`);
      const twice = backEnd.spans().length - made;
      console.log(
        `figure: back ends away for ${outageSeconds} s: ${made} spans made, ${made} delivered, ` +
          `${twice} of them twice, ${(queued / 1_024 / 1_024).toFixed(1)} MiB queued`,
      );
    },
  );

  test("what a gateway has queued when SIGKILL ends it is delivered after its restart", unhurried, async (t) => {
    const { agent, backEnd, gateway, gatewayTier } = await openRoad(t, otelcol);
    await backEnd.refuse();
    const count = 1_000;
    const spans = Array.from({ length: count }, (_, number) => ({
      name: "step",
      traceId: newTraceId(),
      attributes: { "step.number": number },
    }));
    for (let from = 0; from < count; from += 100) {
      assert.equal((await sendSpans(agent.url, spans.slice(from, from + 100))).status, 200);
    }
    const decided = (): Promise<number> =>
      gateway.metric("otelcol_processor_tail_sampling_global_count_traces_sampled", /sampled="true"/);
    const waiting = (): Promise<number> => gateway.metric("otelcol_processor_tail_sampling_sampling_traces_on_memory");
    await until(async () => (await decided()) === count && (await waiting()) === 0);
    await gateway.kill();
    await backEnd.listenAgain();
    assert.equal(backEnd.spans().length, 0);
    await gatewayTier.start();
    await backEnd.until(() => arrived(backEnd).size === count, patient);
  });

  test("a queue whose file is full refuses, and delivers all that it took", unhurried, async (t) => {
    const megabyte = 1024 * 1024;
    const env = { QUEUE_FILE_BYTES: String(100 * megabyte), QUEUE_BYTES: String(1024 * megabyte) };
    const { backEnd, gateway } = await openRoad(t, otelcol, { gatewayEnv: env });
    await backEnd.refuse();
    const send = async (number: number): Promise<number> =>
      (await sendRecords(gateway.url, [{ body: "x".repeat(megabyte), attributes: { "step.number": number } }])).status;
    let taken = 0;
    while (taken < 200 && (await send(taken)) === 200) taken += 1;
    assert.ok(taken > 50 && taken < 100, String(taken));
    assert.equal(await send(taken), 503);
    assert.equal(await gateway.metric("otelcol_exporter_enqueue_failed_log_records"), 2);
    await backEnd.listenAgain();
    await backEnd.until(({ logs }) => logs().length >= taken, patient);
    const numbers = new Set(backEnd.logs().map(({ attributes }) => attributes["step.number"]));
    assert.deepEqual(numbers, new Set(Array.from({ length: taken }, (_, number) => number)));
  });

  for (const [backEnds, isAway] of [
    ["take", false],
    ["are away, and what they have not taken waits", true],
  ] as const) {
    test(
      `SIGTERM loses nothing: an agent hands on what it has, a gateway decides, back ends ${backEnds}`,
      unhurried,
      async (t) => {
        const { agent, backEnd, gateway, gatewayTier } = await openRoad(t, otelcol, {
          gatewayEnv: { DECISION_WAIT: "10m" },
        });
        if (isAway) await backEnd.refuse();
        const spans = Array.from({ length: 500 }, (_, number) => ({
          name: "step",
          attributes: { "step.number": number },
        }));
        assert.equal((await sendSpans(agent.url, spans)).status, 200);
        assert.deepEqual(await agent.stop(), { code: 0, signal: null });
        assert.equal(await gateway.metric("otelcol_receiver_accepted_spans"), spans.length);
        assert.deepEqual(await gateway.stop(), { code: 0, signal: null });
        if (isAway) {
          await backEnd.listenAgain();
          assert.equal(backEnd.spans().length, 0);
        }
        await gatewayTier.start();
        await backEnd.until(() => arrived(backEnd).size === spans.length, patient);
      },
    );
  }

  test(
    "what an agent refuses for want of memory is sent again by the SDK, or counted by it as lost",
    unhurried,
    async (t) => {
      const starved = { processors: { memory_limiter: { limit_mib: 2, spike_limit_mib: 1 } } };
      const { agent, agentTier, backEnd } = await openRoad(t, otelcol, { agentSettings: starved });
      const service = startSender(t, "makes.ts", agent.url, { env: { PER_SECOND: "200" } });
      await service.until(/Traces do not reach \S+: it answered 429, 502, 503 or 504;/);
      const refused = await agent.metric("otelcol_processor_memory_limiter_refused_spans");
      assert.ok(refused > 0);
      await agent.stop();
      await agentTier.start();
      await service.until(/Traces reach \S+ again after/);
      const { made, sent, lost } = await endOf(service);
      assert.equal(sent + lost, made);
      await backEnd.until(() => arrived(backEnd).size >= sent, patient);
      console.log(`figure: an agent without memory: ${made} spans made, ${sent} delivered, ${lost} counted as lost`);
    },
  );

  test("at the highest rate every span is delivered or counted as lost", unhurried, async (t) => {
    const { agent, backEnd, gateway } = await openRoad(t, otelcol, { gatewayEnv: { MAX_TRACES: "20000" } });
    const forMs = 5_000;
    const service = startSender(t, "makes.ts", agent.url, { env: { FOR_MS: String(forMs) } });
    await service.until(/made \d+ in all/);
    const { made, sent, lost } = await endOf(service);
    assert.equal(sent + lost, made);
    await agent.stop();
    let [delivered, early, full] = [0, 0, 0];
    await until(async () => {
      early = await gateway.metric("otelcol_processor_tail_sampling_sampling_trace_dropped_too_early");
      full = await gateway.metric("otelcol_exporter_enqueue_failed_spans");
      delivered = arrived(backEnd).size;
      return delivered + lost + early + full >= made;
    });
    console.log(
      `figure: the highest rate: ${Math.round((made / forMs) * 1_000)} spans made a second; of ${made}, ${delivered} ` +
        `delivered, ${lost} counted as lost by the SDK, ${early} by tail sampling, ${full} by the queue of the gateway`,
    );
    assert.equal(delivered + lost + early + full, made);
  });
});
