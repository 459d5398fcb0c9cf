import assert from "node:assert/strict";
import { once } from "node:events";
import { type IncomingMessage, request } from "node:http";
import { test } from "node:test";
import { SpanKind } from "@opentelemetry/api";
import { tellMethodsApart } from "../../src/http/method.ts";
import { listening, traced } from "./traced.ts";

async function send(port: number, method: string): Promise<void> {
  const sent = request({ port, host: "127.0.0.1", method, agent: false }).end();
  const [response] = (await once(sent, "response")) as [IncomingMessage];
  response.resume();
  await once(response, "close");
}

for (const { name, known, told } of [
  {
    name: "the usual methods are known where nothing is said",
    known: undefined,
    told: { GET: "GET", PURGE: "_OTHER", POST: "POST" },
  },
  {
    name: "methods that are said to be known take the place of the usual ones",
    known: ["GET", "PURGE", "GET"],
    told: { GET: "GET", PURGE: "PURGE", POST: "_OTHER" },
  },
  {
    name: "more methods than there are numbers for a digit are told apart",
    known: ["GET", ...Array.from({ length: 40 }, (_, number) => `X${number}`), "PURGE"],
    told: { GET: "GET", PURGE: "PURGE", LINK: "_OTHER" },
  },
]) {
  test(`${name}, by servers and clients`, async (t) => {
    const tracing = traced(t, { clients: true, ...(known && { knownMethods: known }) });
    const { port } = await listening(t, (_request, response) => void response.end());
    for (const method of Object.keys(told)) await send(port, method);
    for (const kind of [SpanKind.SERVER, SpanKind.CLIENT]) {
      const spans = await tracing.ended(3, kind);
      assert.deepEqual(
        spans.map(({ name: called, attributes }) => [
          called,
          attributes["http.request.method"],
          attributes["http.request.method_original"],
        ]),
        Object.entries(told).map(([method, as]) =>
          as === "_OTHER" ? ["HTTP", "_OTHER", method] : [method, method, undefined],
        ),
      );
    }
    for (const metric of ["http.server.request.duration", "http.client.request.duration"]) {
      const points = await tracing.points(metric);
      assert.deepEqual(
        points.map(({ attributes, value }) => [attributes["http.request.method"], value]),
        Object.values(told).map((method) => [method, 1]),
      );
    }
    const active = await tracing.points("http.server.active_requests");
    assert.deepEqual(
      new Map(active.map(({ attributes, value }) => [attributes["http.request.method"], value])),
      new Map(Object.values(told).map((method) => [method, 0])),
    );
  });
}

test("a method is told as it is written, and small letters are another method", () => {
  const methods = tellMethodsApart(["GET"]);
  assert.equal(methods.nameOf(methods.numberOf("get")), "_OTHER");
  assert.equal(methods.nameOf(methods.numberOf(undefined)), "GET");
  assert.equal(methods.count, 2);
});
