import assert from "node:assert/strict";
import { createServer } from "node:http";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { type TestContext, test } from "node:test";
import { createNoopMeter } from "@opentelemetry/api";
import { type ExportResult, ExportResultCode } from "@opentelemetry/core";
import { AggregationTemporality, AggregationType, InstrumentType } from "@opentelemetry/sdk-metrics";
import { exportersOnDemand } from "../../src/exporters/on-demand.ts";
import type { Destination } from "../../src/exporters/otlp.ts";

const meterProvider = { getMeter: createNoopMeter };
const options = { temporalityPreference: 0, aggregationPreference: () => ({ type: AggregationType.DEFAULT }) } as const;
const protocols = ["http/protobuf", "http/json", "grpc"] as const;

const destination = (protocol: Destination["protocol"], url: string): Destination => ({
  protocol,
  url,
  headers: {},
  timeoutMs: 2_000,
  compression: "none",
  tls: {},
  insecure: true,
});

async function openCollector(t: TestContext): Promise<{ readonly url: string; readonly asked: string[] }> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(String(request.url));
    request.resume().on("end", () => response.end());
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => server.close());
  t.after(() => server.closeAllConnections());
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked };
}

for (const protocol of protocols) {
  test(`an exporter that has had nothing to export is over at once (${protocol})`, async () => {
    const nowhere = destination(protocol, "http://127.0.0.1:1");
    for (const exporter of [
      exportersOnDemand.traces(nowhere, meterProvider),
      exportersOnDemand.metrics(nowhere, options),
      exportersOnDemand.logs(nowhere, meterProvider),
    ]) {
      await exporter.forceFlush?.();
      await exporter.shutdown();
    }
  });
}

test("an exporter is made for the first export, and is the same for the next", async (t) => {
  const { url, asked } = await openCollector(t);
  const exporter = exportersOnDemand.traces(destination("http/protobuf", `${url}/v1/traces`), meterProvider);
  const exported = (): Promise<ExportResult> => new Promise((resolve) => exporter.export([], resolve));
  assert.equal((await exported()).code, ExportResultCode.SUCCESS);
  assert.equal((await exported()).code, ExportResultCode.SUCCESS);
  assert.deepEqual(asked, ["/v1/traces", "/v1/traces"]);
  await exporter.shutdown();
});

test("a reader hears how metrics are to be kept before there is an exporter", () => {
  const exporter = exportersOnDemand.metrics(destination("http/protobuf", "http://127.0.0.1:1"), options);
  assert.equal(exporter.selectAggregationTemporality?.(InstrumentType.COUNTER), AggregationTemporality.DELTA);
  assert.deepEqual(exporter.selectAggregation?.(InstrumentType.COUNTER), { type: AggregationType.DEFAULT });
});
