import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { readOtelEnvironment } from "../../src/environment/read-environment.ts";

function traces(env: Record<string, string>): { url: string; told: string } {
  const { otlp, findings } = readOtelEnvironment(env);
  return { url: otlp.traces.url, told: findings.map(({ message }) => message).join("\n") };
}

describe("the endpoint of all pipelines", () => {
  const urls: Readonly<Record<string, string>> = {
    "http://collector:4318": "http://collector:4318/v1/traces",
    "http://collector:4318/": "http://collector:4318/v1/traces",
    "https://vendor.example/otlp//": "https://vendor.example/otlp/v1/traces",
    "https://vendor.example/otlp?tenant=a": "https://vendor.example/otlp/v1/traces?tenant=a",
    "HTTP://[::1]:4318": "http://[::1]:4318/v1/traces",
  };
  for (const [endpoint, url] of Object.entries(urls)) {
    test(`${endpoint} leads to ${url}`, () => {
      assert.deepEqual(traces({ OTEL_EXPORTER_OTLP_ENDPOINT: endpoint }), { url, told: "" });
    });
  }

  test("is told of once, not once for each pipeline", () => {
    const { findings } = readOtelEnvironment({ OTEL_EXPORTER_OTLP_ENDPOINT: "http://collector:4317" });
    assert.equal(findings.length, 1);
  });

  test("port 4317 is told to speak gRPC", () => {
    const { told } = traces({ OTEL_EXPORTER_OTLP_ENDPOINT: "http://collector:4317" });
    assert.match(told, /4317, where a Collector speaks gRPC, while the protocol is http\/protobuf/);
  });

  test("credentials that no request can carry are told without being shown, and leave the default", () => {
    for (const credentials of ["user:50%off", "us%E0%A4er:s"]) {
      const { url, told } = traces({ OTEL_EXPORTER_OTLP_ENDPOINT: `http://${credentials}@collector:4318` });
      assert.equal(url, "http://localhost:4318/v1/traces");
      assert.match(told, /^OTEL_EXPORTER_OTLP_ENDPOINT has a user or a password that is not percent-encoded/);
      assert.doesNotMatch(told, /off|er:/);
    }
  });

  test("a path of a pipeline is told to be one too many", () => {
    const { url, told } = traces({ OTEL_EXPORTER_OTLP_ENDPOINT: "http://collector:4318/v1/traces" });
    assert.equal(url, "http://collector:4318/v1/traces/v1/traces");
    assert.match(told, /ends in the path of a pipeline/);
  });
});

describe("the endpoint of one pipeline", () => {
  test("is taken as it is", () => {
    const url = "https://vendor.example/api/otlp/spans";
    assert.deepEqual(traces({ OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: url }), { url, told: "" });
  });

  test("is told when it has no path", () => {
    const { url, told } = traces({ OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: "http://collector:4318" });
    assert.equal(url, "http://collector:4318/");
    assert.match(told, /has no path, and is taken as it is; a Collector takes traces at \/v1\/traces/);
  });

  test("is told when it has the path of another", () => {
    assert.match(traces({ OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: "http://c:4318/v1/logs" }).told, /has the path of logs/);
  });

  test("gives way to that of all when it is no URL", () => {
    const { url } = traces({
      OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: "collector",
      OTEL_EXPORTER_OTLP_ENDPOINT: "http://c:4318",
    });
    assert.equal(url, "http://c:4318/v1/traces");
  });
});

describe("an endpoint of gRPC", () => {
  const grpc = { OTEL_EXPORTER_OTLP_PROTOCOL: "grpc" };
  for (const endpoint of [
    "http://collector:4317",
    "https://collector",
    "collector:4317",
    "[::1]:4317",
    "unix:///run/otel.sock",
    "unix:/run/otel.sock",
    "dns:///collector:4317",
  ]) {
    test(`${endpoint} is taken as it is`, () => {
      const { url, told } = traces({ ...grpc, OTEL_EXPORTER_OTLP_ENDPOINT: endpoint });
      assert.deepEqual({ url, told }, { url: endpoint, told: "" });
    });
  }

  test("is port 4317 of this machine by default", () => {
    assert.equal(traces(grpc).url, "http://localhost:4317");
  });

  test("port 4318 is told to speak HTTP", () => {
    assert.match(traces({ ...grpc, OTEL_EXPORTER_OTLP_ENDPOINT: "collector:4318" }).told, /speaks HTTP/);
  });

  test("a path is told to be of no use", () => {
    assert.match(traces({ ...grpc, OTEL_EXPORTER_OTLP_ENDPOINT: "http://c:4317/v1/traces" }).told, /no use for/);
  });

  test("credentials and a query are told to be of no use", () => {
    for (const endpoint of ["http://user:s3cr3t@c:4317", "c:4317?tenant=a"]) {
      const { url, told } = traces({ ...grpc, OTEL_EXPORTER_OTLP_ENDPOINT: endpoint });
      assert.equal(url, endpoint);
      assert.match(told, /^OTEL_EXPORTER_OTLP_ENDPOINT has credentials or a query, which gRPC has no use for/);
      assert.doesNotMatch(told, /s3cr3t/);
    }
  });

  test("what cannot be dialled leaves the default", () => {
    const { url, told } = traces({ ...grpc, OTEL_EXPORTER_OTLP_ENDPOINT: "ftp://collector" });
    assert.equal(url, "http://localhost:4317");
    assert.match(told, /nothing that gRPC can dial/);
  });

  test("is that of the pipeline whose protocol it is", () => {
    const { otlp } = readOtelEnvironment({ OTEL_EXPORTER_OTLP_LOGS_PROTOCOL: "grpc" });
    assert.equal(otlp.logs.url, "http://localhost:4317");
    assert.equal(otlp.traces.url, "http://localhost:4318/v1/traces");
  });
});
