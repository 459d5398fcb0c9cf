import assert from "node:assert/strict";
import { type TestContext, describe, test } from "node:test";
import { ask, keepAliveAgent } from "../harness/ask.ts";
import { startProcess } from "../harness/process.ts";

/** How an application comes by us. */
const ways = {
  "import.mjs": "imported by an ES module",
  "require.cjs": "required by CommonJS",
  "typescript.ts": "imported by TypeScript as it is",
  "no-code.mjs": "under --import, without a line of ours",
} as const;
const frameworks = ["http", "express", "fastify", "koa"] as const;

const probes = ["/startupz", "/livez", "/readyz"];

async function behaves(t: TestContext, framework: string, way: string): Promise<void> {
  const hasCode = way !== "no-code.mjs";
  const service = startProcess(t, new URL(`fixtures/${framework}.${way}`, import.meta.url), {
    flags: hasCode ? [] : ["--import", "seaworthy/register"],
    cwd: import.meta.dirname,
    env: { SEAWORTHY_GRACE_PERIOD_SECONDS: "6" },
  });
  const [, port] = await service.until(/port (\d+)/);
  const [, probePort] = await service.until(/Probes are answered on \[::\]:(\d+)\./);
  await service.until(/Started after/);
  const app = `http://localhost:${port}`;
  const agent = keepAliveAgent();
  t.after(() => agent.destroy());

  for (const door of [`http://localhost:${probePort}`, ...(hasCode ? [app] : [])]) {
    for (const path of probes) {
      const { status, body } = await ask(`${door}${path}`);
      assert.deepEqual({ path, status, body }, { path, status: 200, body: "ok" });
    }
  }
  const before = await ask(`${app}/`, { agent });
  assert.deepEqual([before.status, before.body, before.headers.connection], [200, "answer to /", "keep-alive"]);

  const inFlight = ask(`${app}/slow`);
  await service.until(/slow is in flight/);
  service.kill("SIGTERM");
  await service.until(/Draining: SIGTERM\./);
  const [ready, alive] = await Promise.all(
    ["/readyz", "/livez"].map((path) => ask(`http://localhost:${probePort}${path}`)),
  );
  assert.deepEqual([ready?.status, alive?.status], [503, 200]);

  // On the socket of `before`, which the server must not have closed on its own.
  const [finish, slow] = await Promise.all([ask(`${app}/finish`, { agent }), inFlight]);
  for (const [path, { status, body, headers }] of Object.entries({ "/finish": finish, "/slow": slow })) {
    assert.deepEqual([status, body, headers.connection], [200, `answer to ${path}`, "close"]);
  }
  assert.deepEqual(await service.ended, { code: 0, signal: null }, service.stderr());
  const report = service.log().find(({ exitCode }) => exitCode !== undefined);
  assert.deepEqual([report?.["cut"], report?.["failures"]], [[], []]);
}

for (const framework of frameworks) {
  describe(`a service with ${framework} starts, answers probes, and stops without dropping a request`, () => {
    for (const [way, title] of Object.entries(ways)) test(title, (t) => behaves(t, framework, way));
  });
}
