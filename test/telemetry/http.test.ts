import assert from "node:assert/strict";
import { test } from "node:test";
import { ask } from "../harness/ask.ts";
import { openOther } from "./other-server.ts";
import { openReceiver, startService, whenStarted } from "./service.ts";
import { textOf } from "./text-of.ts";

test("the methods that the environment knows are told, by servers and clients, and no others", async (t) => {
  const receiver = await openReceiver(t);
  const payments = await openOther(t);
  const service = startService(t, "no-code.mjs", receiver.url, {
    flags: ["--import", "seaworthy/register"],
    args: ["http"],
    env: { PAYMENTS: payments.url, OTEL_INSTRUMENTATION_HTTP_KNOWN_METHODS: "GET,PURGE" },
  });
  const { app } = await whenStarted(service);
  assert.equal((await ask(`${app}/orders/7`, { method: "PURGE" })).status, 200);
  service.kill("SIGTERM");
  assert.deepEqual(await service.ended, { code: 0, signal: null }, service.stderr());
  const spans = receiver.spans().map(({ kind, name, attributes }) => {
    const { "http.request.method": method, "http.request.method_original": original } = attributes;
    return [kind, name, method, original]
      .map((part) => textOf(part ?? ""))
      .join(" ")
      .trim();
  });
  assert.deepEqual(new Set(spans), new Set(["client GET GET", "client HTTP _OTHER POST", "server PURGE PURGE"]));
  assert.equal(spans.length, 3);
});

test("a request whose handler throws and ends the process is told, with what was thrown", async (t) => {
  const receiver = await openReceiver(t);
  const service = startService(t, "throws.mjs", receiver.url);
  const { app } = await whenStarted(service);
  await assert.rejects(ask(`${app}/orders/7`));
  assert.equal((await service.ended).code, 1, service.stderr());
  const [span, ...others] = receiver.spans();
  assert.deepEqual(others, []);
  assert.equal(span?.attributes["url.path"], "/orders/7");
  assert.equal(span.attributes["error.type"], "aborted");
  assert.equal(span.attributes["http.response.status_code"], undefined);
  const fatal = receiver.logs().find(({ severityNumber }) => severityNumber === 21);
  assert.equal(fatal?.attributes["exception.message"], "out of stock");
  assert.deepEqual([fatal.traceId, fatal.spanId], [span.traceId, span.spanId]);
});
