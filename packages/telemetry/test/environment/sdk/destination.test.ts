import assert from "node:assert/strict";
import { resolve } from "node:path";
import { test } from "node:test";
import { readOtelEnvironment } from "../../../src/environment/read-environment.ts";
import { otlpOptionsOf } from "../../../src/environment/sdk/destination.ts";
import type { OtelFinding } from "../../../src/environment/settings.ts";

const cwd = resolve("/srv/orders");
const ca = "# ours\n-----BEGIN CERTIFICATE-----\nMIIB";
const client = "-----BEGIN CERTIFICATE-----\nMIIC";
const key = "-----BEGIN EC PRIVATE KEY-----\nMIIK";
const files: Readonly<Record<string, string>> = {
  [resolve(cwd, "ca.pem")]: ca,
  [resolve(cwd, "empty.pem")]: "",
  [resolve(cwd, "binary.crt")]: "\u0030\u0082\u0001",
  [resolve("/tls/client.pem")]: client,
  [resolve("/tls/client.key")]: key,
  [resolve("/tls/locked.key")]: "-----BEGIN ENCRYPTED PRIVATE KEY-----\nMIIL",
  [resolve("/tls/old-locked.key")]: "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n\nMIIL",
};

function destination(env: Record<string, string>): { of: ReturnType<typeof otlpOptionsOf>; found: OtelFinding[] } {
  const found: OtelFinding[] = [];
  const of = otlpOptionsOf(readOtelEnvironment(env), "traces", {
    readBytes: (path) => (files[path] === undefined ? undefined : Buffer.from(files[path])),
    cwd,
    find: (finding) => found.push(finding),
  });
  return { of, found };
}

test("a destination has the PEM files read, relative ones from the working directory", () => {
  const { of, found } = destination({
    OTEL_EXPORTER_OTLP_CERTIFICATE: "ca.pem",
    OTEL_EXPORTER_OTLP_TRACES_CLIENT_CERTIFICATE: "/tls/client.pem",
    OTEL_EXPORTER_OTLP_TRACES_CLIENT_KEY: "/tls/client.key",
    OTEL_EXPORTER_OTLP_COMPRESSION: "gzip",
    OTEL_EXPORTER_OTLP_HEADERS: "a=b",
  });
  assert.deepEqual(found, []);
  assert.deepEqual(of, {
    protocol: "http/protobuf",
    url: "http://localhost:4318/v1/traces",
    headers: { a: "b" },
    timeoutMs: 10_000,
    compression: "gzip",
    insecure: false,
    tls: { ca: Buffer.from(ca), cert: Buffer.from(client), key: Buffer.from(key) },
  });
});

test("a file that cannot be read is told, and left out", () => {
  const { of, found } = destination({ OTEL_EXPORTER_OTLP_CERTIFICATE: "gone.pem" });
  assert.deepEqual(of.tls, {});
  assert.deepEqual(
    found.map(({ message }) => message),
    [
      "OTEL_EXPORTER_OTLP_CERTIFICATE names a file that cannot be read, gone.pem, and does not count; mount it, or correct the path.",
    ],
  );
});

test("a file of one pipeline that cannot be read is told by that pipeline's variable", () => {
  const { found } = destination({ OTEL_EXPORTER_OTLP_TRACES_CERTIFICATE: "gone.pem" });
  assert.deepEqual(
    found.map(({ variable }) => variable),
    ["OTEL_EXPORTER_OTLP_TRACES_CERTIFICATE"],
  );
});

test("a certificate whose key cannot be read does not count", () => {
  const { of } = destination({
    OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE: "/tls/client.pem",
    OTEL_EXPORTER_OTLP_CLIENT_KEY: "/tls/gone.key",
  });
  assert.deepEqual(of.tls, {});
});

for (const [path, holds] of Object.entries({
  "empty.pem": "holds no certificate in PEM, empty.pem, and does not count; put one there.",
  "binary.crt": "holds no certificate in PEM, binary.crt, and does not count; put one there.",
  "/tls/client.key": "holds no certificate in PEM, /tls/client.key, and does not count; put one there.",
})) {
  test(`a file without a certificate is told, and left out: ${path}`, () => {
    const { of, found } = destination({ OTEL_EXPORTER_OTLP_CERTIFICATE: path });
    assert.deepEqual(of.tls, {});
    assert.deepEqual(
      found.map(({ message }) => message),
      [`OTEL_EXPORTER_OTLP_CERTIFICATE names a file that ${holds}`],
    );
  });
}

for (const [path, holds] of Object.entries({
  "/tls/client.pem": "holds no private key in PEM, /tls/client.pem, and does not count; put one there.",
  "/tls/locked.key": "holds a key that asks for a password, /tls/locked.key, and does not count; put one without.",
  "/tls/old-locked.key":
    "holds a key that asks for a password, /tls/old-locked.key, and does not count; put one without.",
})) {
  test(`a file without a key that can be used is told, and its certificate does not count: ${path}`, () => {
    const { of, found } = destination({
      OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE: "/tls/client.pem",
      OTEL_EXPORTER_OTLP_CLIENT_KEY: path,
    });
    assert.deepEqual(of.tls, {});
    assert.deepEqual(
      found.map(({ message }) => message),
      [`OTEL_EXPORTER_OTLP_CLIENT_KEY names a file that ${holds}`],
    );
  });
}
