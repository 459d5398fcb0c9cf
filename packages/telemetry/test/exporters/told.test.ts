import assert from "node:assert/strict";
import { once } from "node:events";
import { type IncomingHttpHeaders, createServer } from "node:http";
import { createServer as createHttp2Server } from "node:http2";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, describe, test } from "node:test";
import { type DiagLogger, createNoopMeter, diag } from "@opentelemetry/api";
import { type ExportResult, ExportResultCode } from "@opentelemetry/core";
import { exportersOnDemand } from "../../src/exporters/on-demand.ts";
import type { Destination } from "../../src/exporters/otlp.ts";

const meterProvider = { getMeter: createNoopMeter };
const protocols = ["http/protobuf", "http/json", "grpc"] as const;

const destination = (protocol: Destination["protocol"], url: string, timeoutMs = 20_000): Destination => ({
  protocol,
  url,
  headers: { "x-told": "yes" },
  timeoutMs,
  compression: "none",
  tls: {},
  insecure: true,
});

/** Sets variables for a test. */
function surround(t: TestContext, env: Readonly<Record<string, string>>): void {
  const before = { ...process.env };
  Object.assign(process.env, env);
  t.after(() => {
    for (const name of Object.keys(env)) delete process.env[name];
    Object.assign(process.env, before);
  });
}

/** All that the SDK says while a test runs. */
function overhear(t: TestContext): readonly string[] {
  const said: string[] = [];
  const say = (message: string): void => void said.push(message);
  const logger: DiagLogger = { error: say, warn: say, info: () => {}, debug: () => {}, verbose: () => {} };
  diag.setLogger(logger);
  t.after(() => diag.disable());
  return said;
}

const exported = (exporter: ReturnType<typeof exportersOnDemand.traces>): Promise<ExportResult> =>
  new Promise((resolve) => exporter.export([], resolve));

/** Listens, tells of whoever connects, and wants nothing of what comes (UNAUTHENTICATED, which is not tried again). */
async function openDoor(
  t: TestContext,
  path?: string,
): Promise<{ readonly port: number; readonly knocked: Promise<unknown> }> {
  const server = createHttp2Server();
  server.on("stream", (stream) => {
    const refusal = { ":status": 200, "content-type": "application/grpc", "grpc-status": "16" };
    stream.respond(refusal, { endStream: true });
  });
  const knocked = once(server, "session");
  if (path === undefined) server.listen(0, "127.0.0.1");
  else server.listen(path);
  await once(server, "listening");
  t.after(() => server.close());
  return { port: path === undefined ? (server.address() as AddressInfo).port : 0, knocked };
}

describe("an exporter is told all there is, and looks up nothing in the environment", () => {
  const misleading = {
    OTEL_EXPORTER_OTLP_HEADERS: "no header=x,a!b=1,x-bin=2,broken=a%0Ab,x-unheard=1",
    OTEL_EXPORTER_OTLP_TRACES_HEADERS: "x-told=no",
    OTEL_EXPORTER_OTLP_TIMEOUT: "soon",
    OTEL_EXPORTER_OTLP_COMPRESSION: "brotli",
    OTEL_EXPORTER_OTLP_ENDPOINT: "nowhere",
    OTEL_EXPORTER_OTLP_CERTIFICATE: "/gone.pem",
    OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE: "none",
  };

  for (const protocol of ["http/protobuf", "http/json"] as const) {
    test(`over ${protocol}`, async (t) => {
      surround(t, misleading);
      const said = overhear(t);
      const heard: IncomingHttpHeaders[] = [];
      const server = createServer((request, response) => {
        heard.push(request.headers);
        request.resume().on("end", () => response.end());
      });
      server.listen(0, "127.0.0.1");
      await once(server, "listening");
      t.after(() => server.close());
      t.after(() => server.closeAllConnections());
      const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/traces`;
      const exporter = exportersOnDemand.traces(destination(protocol, url), meterProvider);
      assert.deepEqual(await exported(exporter), { code: ExportResultCode.SUCCESS });
      const [headers = {}] = heard;
      assert.deepEqual(
        [headers["x-told"], headers["x-unheard"], headers["broken"], headers["content-encoding"]],
        ["yes", undefined, undefined, undefined],
      );
      await exporter.shutdown();
      assert.deepEqual(said, []);
    });
  }

  test("over grpc", async (t) => {
    surround(t, misleading);
    const said = overhear(t);
    const { port, knocked } = await openDoor(t);
    const exporter = exportersOnDemand.traces(destination("grpc", `http://127.0.0.1:${port}`), meterProvider);
    const [result] = await Promise.all([exported(exporter), knocked]);
    assert.equal(result.code, ExportResultCode.FAILED);
    await exporter.shutdown();
    assert.deepEqual(said, []);
  });
});

describe("gRPC dials", () => {
  const dial = async (url: string, { knocked }: { readonly knocked: Promise<unknown> }): Promise<void> => {
    const exporter = exportersOnDemand.traces(destination("grpc", url), meterProvider);
    const result = exported(exporter);
    await knocked;
    await result;
    await exporter.shutdown();
  };

  for (const scheme of ["http://", "", "ipv4:", "dns:", "dns:///", "http://user:secret@"]) {
    test(`an address behind ${scheme === "" ? "nothing" : scheme}`, async (t) => {
      const door = await openDoor(t);
      await dial(`${scheme}127.0.0.1:${door.port}`, door);
    });
  }

  for (const scheme of ["unix:", "unix://"]) {
    test(`a socket behind ${scheme}`, async (t) => {
      const path = join(tmpdir(), `otlp-${process.pid}-${scheme.length}.sock`);
      await dial(`${scheme}${path}`, await openDoor(t, path));
    });
  }
});

test("an exporter of metrics measures itself by the provider that it is given", async () => {
  for (const protocol of protocols) {
    const asked: string[] = [];
    const options = { temporalityPreference: 1, aggregationPreference: () => ({ type: 0 }) } as const;
    const exporter = exportersOnDemand.metrics(destination(protocol, "http://127.0.0.1:1", 100), options);
    exporter.setSelfObsMeterProvider({
      getMeter(name) {
        asked.push(name);
        return createNoopMeter();
      },
    });
    const resource = { attributes: {}, merge: () => resource, getRawAttributes: () => [] } as never;
    exporter.export({ resource, scopeMetrics: [] }, () => {});
    await exporter.shutdown();
    assert.deepEqual([...new Set(asked)], ["@opentelemetry/otlp-exporter"], protocol);
  }
});
