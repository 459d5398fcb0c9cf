import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { ask } from "../harness/ask.ts";
import type { RunningProcess } from "../harness/process.ts";
import { openReceiver, toldBy } from "../telemetry/service.ts";
import { doorsOf, readExample, startExample, telemetryOn } from "./example.ts";

/** Examples without a receiver of their own: what they are asked, and what they send. */
const others = {
  http: { ask: "/is", service: "greeter", pipelines: ["Logs", "Metrics", "Traces"] },
  "queue-worker": { ask: undefined, service: "mailer", pipelines: ["Logs", "Metrics"] },
  "zero-code": { ask: "/", service: "example-zero-code", pipelines: ["Logs", "Metrics", "Traces"] },
} as const;

for (const [name, { ask: path, service: serviceName, pipelines }] of Object.entries(others)) {
  const runAndStop = async (t: TestContext, endpoint: string): Promise<RunningProcess> => {
    const service = startExample(t, readExample(name), { ...telemetryOn, OTEL_EXPORTER_OTLP_ENDPOINT: endpoint });
    const [, probes] = await service.until(/Probes are answered on \[::\]:(\d+)\./);
    await service.until(path === undefined ? /job 1 is done/ : /Started after/);
    assert.equal((await ask(`http://localhost:${probes}/livez`)).status, 200);
    if (path !== undefined) {
      const { app } = await doorsOf(service);
      for (const one of ["/livez", path]) await ask(`http://${app}${one}`);
    }
    service.kill("SIGTERM");
    assert.deepEqual(await service.ended, { code: 0, signal: null }, service.stderr());
    assert.match(service.stderr(), /3 of 3 hooks done/);
    return service;
  };

  test(`the ${name} example sends all it has before it ends`, async (t) => {
    const receiver = await openReceiver(t);
    const service = await runAndStop(t, receiver.url);
    const reached = toldBy(service, "pipeline").map(({ msg }) => msg.replace(/ reach .*/, ""));
    assert.deepEqual(reached.toSorted(), pipelines);
    const everything = [...receiver.spans(), ...receiver.metrics(), ...receiver.logs()];
    assert.deepEqual(new Set(everything.map(({ resource }) => resource["service.name"])), new Set([serviceName]));
    if (path !== undefined) assert.ok(receiver.spans().some(({ attributes }) => attributes["url.path"] === path));
    assert.ok(receiver.logs().length > 0);
  });

  test(`the ${name} example says once for each pipeline that there is no Collector, and stops with 0`, async (t) => {
    const service = await runAndStop(t, "http://127.0.0.1:1");
    const lines = toldBy(service, "pipeline").map(({ msg }) => msg);
    assert.deepEqual(lines.map((line) => line.replace(/ do not reach .*/, "")).toSorted(), pipelines, lines.join("\n"));
    for (const line of lines) assert.match(line, /refused.* Set OTEL_EXPORTER_OTLP_ENDPOINT/);
    assert.deepEqual(toldBy(service, "sdk"), []);
  });
}
