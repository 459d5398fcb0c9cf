import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { until } from "../drain/until.ts";
import { certificates } from "./certificates.ts";
import { overlayFilesOf } from "./configurations.ts";
import { newTraceId, sendSpans } from "./otlp.ts";
import { agentOn, gatewayBefore, openBackEnd, openRoad } from "./road.ts";
import { withCollector } from "./suite.ts";

/** Up to three processes are started for each test. */
const unhurried = { timeout: 180_000 };
const patient = { timeoutMs: 60_000 };

function folderOf(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), "seaworthy-overlay-"));
  t.after(() => rmSync(folder, { recursive: true }));
  return folder;
}

const overlay = (base: "agent" | "gateway", name: string): string =>
  overlayFilesOf(base).find((file) => file.endsWith(`/${base}-${name}.yaml`)) ?? assert.fail(name);

const bearer = (token: string): Record<string, string> => ({ authorization: `Bearer ${token}` });

withCollector("with an overlay", (otelcol) => {
  test("an agent takes from those who show its token, and follows its file", unhurried, async (t) => {
    const token = join(folderOf(t), "token");
    writeFileSync(token, "first");
    const { agent, backEnd } = await openRoad(t, otelcol, {
      agentOverlays: [overlay("agent", "bearer-token")],
      agentEnv: { SENDERS_TOKEN_FILE: token },
    });
    const send = async (headers: Record<string, string>): Promise<number> =>
      (await sendSpans(agent.url, [{ name: "step" }], undefined, headers)).status;
    assert.equal(await send({}), 401);
    assert.equal(await send(bearer("guessed")), 401);
    assert.equal(await send(bearer("first")), 200);
    await backEnd.until(({ spans }) => spans().length === 1, patient);
    writeFileSync(token, "second");
    await until(async () => (await send(bearer("second"))) === 200);
    assert.equal(await send(bearer("first")), 401);
  });

  test("a gateway shows the back ends its token, and follows its file", unhurried, async (t) => {
    const token = join(folderOf(t), "token");
    writeFileSync(token, "first");
    const { agent, backEnd } = await openRoad(t, otelcol, {
      gatewayOverlays: [overlay("gateway", "bearer-token")],
      gatewayEnv: { BACKENDS_TOKEN_FILE: token },
    });
    const shown = (): (string | undefined)[] => backEnd.requests().map(({ headers }) => headers.authorization);
    await sendSpans(agent.url, [{ name: "step" }]);
    await backEnd.until(({ spans }) => spans().length === 1, patient);
    assert.deepEqual(new Set(shown()), new Set(["Bearer first"]));
    writeFileSync(token, "second");
    await until(async () => {
      await sendSpans(agent.url, [{ name: "step" }]);
      return shown().includes("Bearer second");
    });
  });

  test(
    "an agent and a gateway know each other by certificate, and the gateway takes from nobody else",
    unhurried,
    async (t) => {
      const folder = folderOf(t);
      certificates(folder);
      const { agent, backEnd, gateway } = await openRoad(t, otelcol, {
        agentOverlays: [overlay("agent", "mtls")],
        agentEnv: { TLS_DIRECTORY: folder },
        gatewayOverlays: [overlay("gateway", "mtls")],
        gatewayEnv: { TLS_DIRECTORY: folder },
      });
      assert.equal((await sendSpans(agent.url, [{ name: "step" }])).status, 200);
      await backEnd.until(({ spans }) => spans().length === 1, patient);
      assert.equal((await sendSpans(gateway.url, [{ name: "in the clear" }])).status, 400);
      await assert.rejects(sendSpans(gateway.url.replace("http:", "https:"), [{ name: "a stranger" }]));
      assert.equal(backEnd.spans().length, 1);
    },
  );

  test("of two gateways each sees whole traces, and together they see all", unhurried, async (t) => {
    const backEnds = await Promise.all([openBackEnd(t), openBackEnd(t)]);
    const gateways = await Promise.all(backEnds.map(async (backEnd) => gatewayBefore(t, otelcol, backEnd)));
    await Promise.all(gateways.map(({ start }) => start()));
    const [first = "", second = ""] = gateways.map(({ ports }) => `127.0.0.1:${ports.grpc}`);
    const agentTier = await agentOn(t, otelcol, {
      agentOverlays: [overlay("agent", "two-gateways")],
      agentEnv: { GATEWAY_ENDPOINT: first, GATEWAY_0_ENDPOINT: first, GATEWAY_1_ENDPOINT: second },
    });
    const agent = await agentTier.start();
    const traces = Array.from({ length: 100 }, newTraceId);
    for (let part = 0; part < 3; part += 1) {
      const spans = traces.map((traceId) => ({ name: `part ${part}`, traceId }));
      assert.equal((await sendSpans(agent.url, spans)).status, 200);
    }
    await until(() => backEnds.reduce((sum, { spans }) => sum + spans().length, 0) >= 300);
    const [one, other] = backEnds.map(({ spans }) => new Set(spans().map(({ traceId }) => traceId)));
    assert.ok(one && other && one.size > 0 && other.size > 0);
    assert.equal(one.size + other.size, traces.length);
    assert.deepEqual(new Set([...one, ...other]), new Set(traces));
  });
});
