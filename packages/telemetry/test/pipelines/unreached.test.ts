import assert from "node:assert/strict";
import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { test } from "node:test";
import { emptyResource } from "@opentelemetry/resources";
import { AlwaysOnSampler } from "@opentelemetry/sdk-trace";
import { systemClock } from "@seaworthy/lifecycle";
import { flush } from "../../src/pipelines/flush.ts";
import { openPipelines } from "../../src/pipelines/open.ts";

/** A port where nobody listens. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}

for (const protocol of ["http/protobuf", "grpc"] as const) {
  test(`a Collector that was never there and is not there at the end is not waited for, and told once (${protocol})`, async (t) => {
    const told: string[] = [];
    const pipelines = openPipelines(
      {
        resource: emptyResource(),
        traces: {
          console: false,
          destination: {
            protocol,
            url: `http://127.0.0.1:${await freePort()}/v1/traces`,
            headers: {},
            timeoutMs: 600_000,
            compression: "none",
            tls: {},
            insecure: true,
          },
          sampler: new AlwaysOnSampler(),
          spanLimits: {},
          batch: { scheduledDelayMillis: 600_000 },
          isDropped: () => false,
        },
      },
      systemClock,
      ({ message }) => told.push(message),
    );
    t.after(() => pipelines[Symbol.dispose]());
    pipelines.tracerProvider?.getTracer("test").startSpan("placed").end();
    const { signal } = new AbortController();
    const deliveries = await flush(pipelines.flushables, { clock: systemClock, budgetMs: 600_000, signal });
    assert.deepEqual(deliveries, { traces: { sent: 0, lost: 1 } });
    assert.equal(told.length, 1, told.join("\n"));
    assert.match(told[0] ?? "", /^Traces do not reach http:\/\/127\.0\.0\.1:\d+\S* .*it is tried again\. /);
  });
}
