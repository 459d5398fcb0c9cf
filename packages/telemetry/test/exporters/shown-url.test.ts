import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { shownUrl } from "../../src/exporters/shown-url.ts";

describe("an endpoint is shown", () => {
  const shown: Readonly<Record<string, string>> = {
    "http://collector:4318/v1/traces": "http://collector:4318/v1/traces",
    "HTTPS://user:s3cr3t@vendor.example/otlp": "HTTPS://REDACTED:REDACTED@vendor.example/otlp",
    "https://vendor.example/v1/traces?api-key=s3cr3t&tenant=a": "https://vendor.example/v1/traces?REDACTED",
    "https://vendor.example/v1/traces?#s3cr3t": "https://vendor.example/v1/traces",
    "https://vendor.example/v1/traces#s3cr3t?x": "https://vendor.example/v1/traces",
    "collector:4317": "collector:4317",
    "user:s3cr3t@collector:4317": "REDACTED:REDACTED@collector:4317",
    "collector:4317?api-key=s3cr3t": "collector:4317?REDACTED",
    "collector:4317?user=a@b": "collector:4317?REDACTED",
    "unix:/run/otel.sock": "unix:/run/otel.sock",
  };
  for (const [endpoint, as] of Object.entries(shown)) {
    test(`without what may be secret: ${endpoint}`, () => assert.equal(shownUrl(endpoint), as));
  }
});
