import assert from "node:assert/strict";
import { once } from "node:events";
import { type Http2Server, type ServerHttp2Stream, createServer } from "node:http2";
import type { AddressInfo } from "node:net";
import { type TestContext, describe, test } from "node:test";
import { createNoopMeter } from "@opentelemetry/api";
import { type ExportResult, ExportResultCode } from "@opentelemetry/core";
import { exportersOnDemand } from "../../src/exporters/on-demand.ts";
import type { Destination, ExportEar } from "../../src/exporters/otlp.ts";

/** How one export is answered: by a status, and by a message when that is 0. */
interface Answer {
  readonly status: number;
  readonly message?: Buffer;
}

const sinks = new WeakMap<Http2Server, Buffer[]>();

/** Speaks as much of gRPC as an answer takes, each of them in turn and the last one again and again. */
function createSink(t: TestContext, answers: readonly Answer[]): Http2Server {
  const server = createServer();
  const requests: Buffer[] = [];
  sinks.set(server, requests);
  const answer = (stream: ServerHttp2Stream): void => {
    const { status, message = Buffer.alloc(0) } = answers[Math.min(requests.length, answers.length) - 1] ?? {
      status: 0,
    };
    const trailers = { "grpc-status": String(status), "grpc-message": "as told" };
    stream.respond({ ":status": 200, "content-type": "application/grpc+proto" }, { waitForTrailers: true });
    stream.on("wantTrailers", () => stream.sendTrailers(trailers));
    const head = Buffer.alloc(5);
    head.writeUInt32BE(message.length, 1);
    stream.end(status === 0 ? Buffer.concat([head, message]) : undefined);
  };
  server.on("stream", (stream) => {
    const chunks: Buffer[] = [];
    stream.on("error", () => {});
    stream.on("data", (chunk: Buffer) => chunks.push(chunk));
    stream.on("end", () => {
      requests.push(Buffer.concat(chunks));
      answer(stream);
    });
  });
  t.after(() => server.close());
  return server;
}

async function listen(server: Http2Server, port = 0): Promise<number> {
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  return (server.address() as AddressInfo).port;
}

function createExporter(t: TestContext, port: number, hearing: Partial<ExportEar> = {}) {
  const ear: ExportEar = { unreached() {}, rejected() {}, strange() {}, ...hearing };
  const destination: Destination = {
    protocol: "grpc",
    url: `http://127.0.0.1:${port}`,
    headers: {},
    timeoutMs: 30_000,
    compression: "none",
    tls: {},
    insecure: true,
  };
  const exporter = exportersOnDemand.traces(destination, { getMeter: createNoopMeter }, ear);
  t.after(() => exporter.shutdown());
  return exporter;
}

const exported = (exporter: ReturnType<typeof createExporter>): Promise<ExportResult> =>
  new Promise((resolve) => exporter.export([], resolve));

describe("over gRPC", () => {
  test("what a busy Collector refuses is sent again, the same", async (t) => {
    const sink = createSink(t, [{ status: 14 }, { status: 0 }]);
    const unreached: Error[] = [];
    const exporter = createExporter(t, await listen(sink), { unreached: (error) => unreached.push(error) });
    assert.equal((await exported(exporter)).code, ExportResultCode.SUCCESS);
    const [first, second, ...others] = sinks.get(sink) ?? [];
    assert.deepEqual([first, others, unreached], [second, [], []]);
  });

  test("what no Collector was there for is sent when it comes", async (t) => {
    const absent = createSink(t, []);
    const port = await listen(absent);
    absent.close();
    await once(absent, "close");
    const sink = createSink(t, [{ status: 0 }]);
    const { promise: wasUnreached, resolve } = Promise.withResolvers<Error>();
    const result = exported(createExporter(t, port, { unreached: resolve }));
    assert.match((await wasUnreached).message, /ECONNREFUSED/);
    await listen(sink, port);
    assert.equal((await result).code, ExportResultCode.SUCCESS);
    assert.equal(sinks.get(sink)?.length, 1);
  });

  test("what a Collector does not want is not sent again, and its status is told", async (t) => {
    const sink = createSink(t, [{ status: 16 }, { status: 0 }]);
    const { code, error } = await exported(createExporter(t, await listen(sink)));
    assert.equal(code, ExportResultCode.FAILED);
    assert.deepEqual([error?.message, (error as { code?: unknown }).code], ["16 UNAUTHENTICATED: as told", 16]);
    assert.equal(sinks.get(sink)?.length, 1);
  });

  test("what was taken in part is told by the answer to that export", async (t) => {
    const rejected: unknown[] = [];
    // partial_success { rejected_spans: 2 }
    const sink = createSink(t, [{ status: 0, message: Buffer.from([0x0a, 0x02, 0x08, 0x02]) }, { status: 0 }]);
    const exporter = createExporter(t, await listen(sink), { rejected: (...said) => rejected.push(said) });
    assert.equal((await exported(exporter)).code, ExportResultCode.SUCCESS);
    assert.equal((await exported(exporter)).code, ExportResultCode.SUCCESS);
    assert.deepEqual(rejected, [[2, ""]]);
  });
});
