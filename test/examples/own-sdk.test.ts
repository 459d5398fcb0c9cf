import assert from "node:assert/strict";
import { test } from "node:test";
import { ask } from "../harness/ask.ts";
import { openReceiver } from "../telemetry/service.ts";
import { doorsOf, readExample, startExample, telemetryOn } from "./example.ts";

test("the SDK that own-sdk brings sends its traces, serves Prometheus, and is free of probes", async (t) => {
  const receiver = await openReceiver(t);
  const service = startExample(t, readExample("own-sdk"), {
    ...telemetryOn,
    OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
  });
  const { app, probes } = await doorsOf(service);
  for (const path of ["livez", "livez", "startupz"]) {
    for (const door of [app, probes]) assert.equal((await ask(`http://${door}/${path}`)).status, 200);
  }
  assert.equal((await ask(`http://${app}/stock/rope`)).body, '{"item":"rope","count":120}');
  assert.equal((await ask(`http://${probes}/metrics`)).status, 404);
  await ask(`http://${app}/metrics`);
  const { status, headers, body } = await ask(`http://${app}/metrics`);
  assert.equal(status, 200);
  assert.match(headers["content-type"] ?? "", /^text\/plain/);
  const counts = body.split("\n").filter((line) => line.startsWith("http_server_request_duration_count"));
  assert.equal(counts.length, 1, counts.join("\n"));
  assert.match(counts[0] ?? "", /http_route="\/stock\/:item".* 1$/);
  assert.match(body, /^stock_asked_total\{known="true",.*\} 1$/m);
  assert.match(body, /^seaworthy_lifecycle_phase\{seaworthy_lifecycle_phase="started",.*\} 1$/m);

  service.kill("SIGTERM");
  assert.deepEqual(await service.ended, { code: 0, signal: null }, service.stderr());
  assert.match(service.stderr(), /3 of 3 hooks done; telemetry: 1 span sent\./);
  assert.deepEqual(
    receiver.spans().map(({ name, resource }) => [name, resource["service.name"]]),
    [["GET /stock/:item", "stock"]],
  );
  assert.deepEqual(new Set(receiver.requests().map(({ path }) => path)), new Set(["/v1/traces"]));
});
