import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { explainFailure } from "../../src/pipelines/export-failure.ts";

const endpoint = "http://collector:4318/v1/traces";
const withCode = (code: number | string, message = "", data?: string): Error =>
  Object.assign(new Error(message), { code, ...(data !== undefined && { data }) });

describe("a failed export is explained: ", () => {
  const rows: readonly (readonly [what: string, error: unknown, cause: RegExp, fix: RegExp, endpoint?: string])[] = [
    ["refused", withCode("ECONNREFUSED"), /refused/, /OTEL_EXPORTER_OTLP_ENDPOINT/],
    ["an unknown name", withCode("ENOTFOUND"), /name is not known \(ENOTFOUND\)/, /host name/],
    ["DNS that does not answer", withCode("EAI_AGAIN"), /EAI_AGAIN/, /DNS/],
    [
      "gRPC's port",
      withCode("HPE_INVALID_CONSTANT"),
      /does not speak HTTP\/1\.1/,
      /4318.*PROTOCOL=grpc/,
      "http://c:4317/v1/traces",
    ],
    [
      "a reset by gRPC's port",
      withCode("ECONNRESET"),
      /does not speak HTTP/,
      /4317 is that of gRPC/,
      "http://c:4317/v1/traces",
    ],
    ["a certificate", withCode("DEPTH_ZERO_SELF_SIGNED_CERT"), /not trusted/, /OTEL_EXPORTER_OTLP_CERTIFICATE/],
    ["TLS to plain text", withCode("EPROTO", "wrong version number"), /does not speak TLS/, /http:\/\//],
    ["no route", withCode("EHOSTUNREACH"), /cannot be reached/, /network policy/],
    ["no credentials", withCode(401, "Unauthorized"), /answered 401 \(Unauthorized\)/, /OTEL_EXPORTER_OTLP_HEADERS/],
    ["forbidden", withCode(403, "Forbidden", "no such tenant"), /403 \(no such tenant\)/, /OTEL_EXPORTER_OTLP_HEADERS/],
    ["a wrong path", withCode(404, "Not Found"), /answered 404/, /\/v1\/traces.*OTEL_EXPORTER_OTLP_TRACES_ENDPOINT/],
    ["too large", withCode(413), /answered 413/, /OTEL_BSP_MAX_EXPORT_BATCH_SIZE/],
    ["a wrong encoding", withCode(415), /answered 415/, /OTEL_EXPORTER_OTLP_PROTOCOL/],
    ["a redirect", withCode(307), /answered 307/, /Redirects are not followed/],
    ["overload", new Error("Export failed with retryable status"), /429, 502, 503 or 504/, /memory limiter/],
    ["a server's error", withCode(500), /answered 500/, /Collector's own log/],
    ["a time-out", new Error("Request timed out"), /no answer came in time/, /OTEL_EXPORTER_OTLP_TIMEOUT/],
    ["gRPC refused", withCode(14, "14 UNAVAILABLE: No connection"), /gRPC status 14/, /4317/, "http://c:4317"],
    [
      "gRPC that finds no name",
      withCode(14, "14 UNAVAILABLE: Name resolution failed for target dns:collector:4317"),
      /gRPC status 14/,
      /host name.*DNS/,
      "http://c:4317",
    ],
    [
      "gRPC over TLS to plain text",
      withCode(
        14,
        "14 UNAVAILABLE: No connection established. Last error: Error: 40CD:error:0A00010B:wrong version number",
      ),
      /gRPC status 14/,
      /http:\/\/.*OTEL_EXPORTER_OTLP_INSECURE=true/,
      "c:4317",
    ],
    [
      "gRPC that trusts no such certificate",
      withCode(14, "14 UNAVAILABLE: No connection established. Last error: Error: self-signed certificate"),
      /gRPC status 14/,
      /OTEL_EXPORTER_OTLP_CERTIFICATE/,
      "https://c:4317",
    ],
    [
      "gRPC by another name than the certificate's",
      withCode(14, "14 UNAVAILABLE: Last error: Error: Hostname/IP does not match certificate's altnames"),
      /gRPC status 14/,
      /name that its certificate has/,
      "https://c:4317",
    ],
    [
      "gRPC that has to show a certificate",
      withCode(14, "14 UNAVAILABLE: Last error: Error: ssl3_read_bytes:tlsv13 alert certificate required"),
      /gRPC status 14/,
      /CLIENT_CERTIFICATE/,
      "https://c:4317",
    ],
    ["gRPC that is late", withCode(4, "4 DEADLINE_EXCEEDED: 1s"), /gRPC status 4/, /OTLP_TIMEOUT/, "http://c:4317"],
    [
      "gRPC without credentials",
      withCode(16, "16 UNAUTHENTICATED: token"),
      /gRPC status 16/,
      /HEADERS/,
      "http://c:4317",
    ],
    ["what nobody knows", new Error("strange"), /^strange$/, /OTEL_EXPORTER_OTLP_ENDPOINT/],
    ["what is no error", "strange", /^strange$/, /OTEL_EXPORTER_OTLP_ENDPOINT/],
    ["nothing", undefined, /undefined/, /OTEL_EXPORTER_OTLP_ENDPOINT/],
  ];
  for (const [what, error, cause, fix, url = endpoint] of rows) {
    test(what, () => {
      const explained = explainFailure("traces", url, error);
      assert.match(explained.cause, cause);
      assert.match(explained.fix, fix);
      assert.match(explained.fix, /\.$|…$/);
    });
  }
});
