import assert from "node:assert/strict";
import { test } from "node:test";
import { ROOT_CONTEXT, createContextKey, trace } from "@opentelemetry/api";
import { deleteRPCMetadata, getRPCMetadata, isTracingSuppressed, suppressTracing } from "@opentelemetry/core";
import { requestContext } from "../../src/http/request-context.ts";

const span = trace.wrapSpanContext({ traceId: "1".repeat(32), spanId: "2".repeat(16), traceFlags: 1 });
const other = trace.wrapSpanContext({ traceId: "1".repeat(32), spanId: "3".repeat(16), traceFlags: 1 });
const key = createContextKey("key");

test("the context of a request has its span, its metadata and all of its parent", () => {
  const context = requestContext(ROOT_CONTEXT.setValue(key, "parent"), span);
  assert.equal(trace.getSpan(context), span);
  assert.deepEqual(getRPCMetadata(context), { type: "http", span });
  assert.equal(getRPCMetadata(context), context.metadata);
  assert.equal(context.getValue(key), "parent");
  assert.equal(isTracingSuppressed(context), false);
});

test("what is derived from it has what was changed and all the rest, and it stays as it is", () => {
  const context = requestContext(ROOT_CONTEXT.setValue(key, "parent"), span);
  const derived = suppressTracing(trace.setSpan(context.setValue(key, "child"), other));
  assert.deepEqual([derived.getValue(key), trace.getSpan(derived)], ["child", other]);
  assert.equal(getRPCMetadata(derived), context.metadata);
  assert.equal(isTracingSuppressed(derived), true);
  assert.deepEqual([context.getValue(key), trace.getSpan(context)], ["parent", span]);
  assert.equal(isTracingSuppressed(context), false);
});

test("what is deleted from it is gone, even what is its own", () => {
  const context = requestContext(ROOT_CONTEXT, span);
  assert.equal(trace.getSpan(trace.deleteSpan(context)), undefined);
  assert.equal(getRPCMetadata(deleteRPCMetadata(context)), undefined);
  assert.equal(trace.getSpan(context), span);
});
