import assert from "node:assert/strict";
import { test } from "node:test";
import { nearest } from "../../src/environment/nearest.ts";

test("a few slips of the hand lead to what was meant", () => {
  assert.equal(nearest("tracecontex", ["baggage", "tracecontext"]), "tracecontext");
  assert.equal(nearest("gpcr", ["http/json", "grpc"]), "grpc");
  assert.equal(nearest("OTEL_A_NMAE", ["OTEL_A_NAME", "OTEL_B_NMAES_OF"]), "OTEL_A_NAME");
});

test("of two that are as near, the first is meant", () => {
  assert.equal(nearest("deltx", ["delta", "delte"]), "delta");
});

test("what is meant can be told by its words, the shortest that has them all", () => {
  const known = ["OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT"];
  assert.equal(nearest("OTEL_OTLP_ENDPOINT", known), "OTEL_EXPORTER_OTLP_ENDPOINT");
  assert.equal(nearest("OTEL_TRACES_OTLP_ENDPOINT", known), "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT");
});

test("a word that many share tells nothing", () => {
  assert.equal(nearest("OTEL_ENDPOINT", ["OTEL_EXPORTER_OTLP_ENDPOINT"]), undefined);
});

test("what is far from all is nobody's", () => {
  assert.equal(nearest("loud", ["debug", "info", "warn"]), undefined);
  assert.equal(nearest("", ["debug"]), undefined);
  assert.equal(nearest("x", []), undefined);
});
