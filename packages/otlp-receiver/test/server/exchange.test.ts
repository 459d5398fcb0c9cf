import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { gzipSync } from "node:zlib";
import protobuf from "protobufjs";
import { type Receiver, startReceiver } from "../../src/index.ts";
import { schema } from "../../src/otlp/schema.ts";
import { own } from "../own.ts";

const { root } = protobuf.parse(schema);
const JSON_TYPE = { "content-type": "application/json" };
const PROTOBUF_TYPE = { "content-type": "application/x-protobuf" };
const emptySpans = JSON.stringify({ resourceSpans: [] });

function post(
  receiver: Receiver,
  path: string,
  body: string | Uint8Array<ArrayBuffer>,
  headers: Record<string, string>,
): Promise<Response> {
  return fetch(`${receiver.url}${path}`, { method: "POST", body, headers });
}

async function protobufBody(response: Response, type: string): Promise<object> {
  const message = root.lookupType(`otlp.${type}`);
  const decoded = message.decode(new Uint8Array(await response.arrayBuffer()));
  return message.toObject(decoded, { longs: String });
}

function spanNamed(name: string): object {
  return { traceId: "0AF7651916CD43DD8448EB211C80319C", spanId: "b7ad6b7169203331", name };
}

function spansNamed(...names: string[]): string {
  return JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans: names.map(spanNamed) }] }] });
}

describe("a request", () => {
  test("that is empty is taken in both encodings", async (t) => {
    const receiver = own(t, await startReceiver({ port: 0 }));
    for (const path of ["/v1/traces", "/v1/metrics", "/v1/logs"]) {
      const json = await post(receiver, path, "{}", JSON_TYPE);
      assert.equal(json.status, 200);
      assert.equal(json.headers.get("content-type"), "application/json");
      assert.equal(await json.text(), "{}");
      const binary = await post(receiver, path, new Uint8Array(), PROTOBUF_TYPE);
      assert.equal(binary.status, 200);
      assert.equal(binary.headers.get("content-type"), "application/x-protobuf");
      assert.equal((await binary.arrayBuffer()).byteLength, 0);
    }
  });

  test("in JSON may have numbers for 64-bit integers, null for what is absent, and unknown names", async (t) => {
    const receiver = own(t, await startReceiver({ port: 0 }));
    const attributes = [
      { key: "a", value: { intValue: "9007199254740993" } },
      { key: "b", value: { intValue: 7 } },
      { key: "c", value: {} },
      { key: "d", value: { bytesValue: "AQL6" } },
      { key: "e", value: { doubleValue: "NaN" } },
      { key: "__proto__", value: { boolValue: true } },
    ];
    const span = {
      ...spanNamed("s"),
      kind: 2,
      startTimeUnixNano: 1e18,
      parentSpanId: "",
      status: null,
      attributes,
      new: 1,
    };
    const body = JSON.stringify({ resourceSpans: [{ resource: null, scopeSpans: [{ spans: [span] }], more: [] }] });
    const response = await post(receiver, "/v1/traces", body, { "content-type": "application/json; charset=utf-8" });
    assert.equal(await response.text(), "{}");
    const [taken] = receiver.spans();
    assert.deepEqual(Object.entries(taken?.attributes ?? {}), [
      ["a", 9_007_199_254_740_993n],
      ["b", 7],
      ["c", null],
      ["d", new Uint8Array([1, 2, 250])],
      ["e", Number.NaN],
      ["__proto__", true],
    ]);
    assert.partialDeepStrictEqual(taken, {
      traceId: "0af7651916cd43dd8448eb211c80319c",
      kind: "server",
      parentSpanId: undefined,
      startMs: 1e12,
      status: { code: "unset", message: "" },
    });
  });

  test("brings summaries, exemplars and sums of changes, which the SDK never sends", async (t) => {
    const receiver = own(t, await startReceiver({ port: 0 }));
    const exemplar = { asInt: "3", timeUnixNano: "1000000", spanId: "b7ad6b7169203331", filteredAttributes: [] };
    const metrics = [
      {
        name: "latency",
        summary: {
          dataPoints: [{ count: "2", sum: 3, quantileValues: [{ quantile: 0.5, value: 1 }, { quantile: 1 }] }],
        },
      },
      {
        name: "calls",
        sum: { aggregationTemporality: 1, dataPoints: [{ asDouble: 0, exemplars: [exemplar], flags: 1 }] },
      },
      { name: "empty" },
    ];
    await post(
      receiver,
      "/v1/metrics",
      JSON.stringify({ resourceMetrics: [{ scopeMetrics: [{ metrics }] }] }),
      JSON_TYPE,
    );
    const point = { attributes: {}, startMs: 0, timeMs: 0, flags: 0, exemplars: [] };
    const quantiles = [
      { quantile: 0.5, value: 1 },
      { quantile: 1, value: 0 },
    ];
    assert.deepEqual(
      receiver.metrics().map(({ name, type, temporality, points }) => ({ name, type, temporality, points })),
      [
        {
          name: "latency",
          type: "summary",
          temporality: undefined,
          points: [{ ...point, count: 2, sum: 3, quantiles }],
        },
        {
          name: "calls",
          type: "sum",
          temporality: "delta",
          points: [
            {
              ...point,
              flags: 1,
              value: 0,
              exemplars: [{ value: 3, timeMs: 1, traceId: undefined, spanId: "b7ad6b7169203331", attributes: {} }],
            },
          ],
        },
      ],
    );
  });

  const malformed: readonly (readonly [string, string, string])[] = [
    ["no JSON", "{", "The body is not JSON"],
    ["a list", "[]", "Expected ExportTraceServiceRequest to be an object, got []."],
    [
      "an object for a list",
      '{"resourceSpans":{}}',
      "Expected ExportTraceServiceRequest.resourceSpans to be a list, got {}.",
    ],
    [
      "the name of an enum",
      JSON.stringify({
        resourceSpans: [{ scopeSpans: [{ spans: [{ ...spanNamed("s"), kind: "SPAN_KIND_SERVER" }] }] }],
      }),
      'spans[0].kind to be a number, as OTLP writes enums, got "SPAN_KIND_SERVER".',
    ],
    [
      "an id in base64",
      JSON.stringify({
        resourceSpans: [{ scopeSpans: [{ spans: [{ ...spanNamed("s"), traceId: "W47/95gDgQPSabYzgT/GDA==" }] }] }],
      }),
      "spans[0].traceId to be bytes in hex",
    ],
    [
      "a short id",
      JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans: [{ ...spanNamed("s"), traceId: "abcd" }] }] }] }),
      'Expected the trace id of the span "s" to have 16 bytes, got 2.',
    ],
    [
      "an id of zeros",
      JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans: [{ ...spanNamed("s"), spanId: "0".repeat(16) }] }] }] }),
      'Expected the span "s" to have a span id, got none.',
    ],
    [
      "two values at once",
      JSON.stringify({
        resourceSpans: [{ resource: { attributes: [{ key: "a", value: { intValue: 1, boolValue: true } }] } }],
      }),
      "resource.attributes[0].value to have one value, got several.",
    ],
  ];
  for (const [what, body, message] of malformed) {
    test(`with ${what} in JSON gets 400 and a google.rpc.Status that says so`, async (t) => {
      const receiver = own(t, await startReceiver({ port: 0 }));
      const response = await post(receiver, "/v1/traces", body, JSON_TYPE);
      assert.equal(response.status, 400);
      assert.equal(response.headers.get("content-type"), "application/json");
      const status = (await response.json()) as { code: number; message: string };
      assert.equal(status.code, 3);
      assert.ok(status.message.includes(message), status.message);
      assert.deepEqual(receiver.spans(), []);
      assert.deepEqual(
        receiver.requests().map((request) => request.status),
        [400],
      );
    });
  }

  test("with no protobuf in protobuf gets 400 and a google.rpc.Status in protobuf", async (t) => {
    const receiver = own(t, await startReceiver({ port: 0 }));
    const response = await post(receiver, "/v1/traces", new Uint8Array([0x0a, 0x7f, 1]), PROTOBUF_TYPE);
    assert.equal(response.status, 400);
    assert.equal(response.headers.get("content-type"), "application/x-protobuf");
    assert.partialDeepStrictEqual(await protobufBody(response, "Status"), { code: 3 });
  });

  test("to a wrong path gets 404, by a wrong method 405, with a wrong content type 415", async (t) => {
    const receiver = own(t, await startReceiver({ port: 0 }));
    const path = await post(receiver, "/v1/trace", emptySpans, JSON_TYPE);
    assert.equal(path.status, 404);
    assert.deepEqual(await path.json(), {
      code: 5,
      message: "Expected the path /v1/traces, /v1/metrics or /v1/logs, got /v1/trace.",
    });
    const method = await fetch(`${receiver.url}/v1/traces?a=b`);
    assert.equal(method.status, 405);
    assert.equal(method.headers.get("allow"), "POST");
    const type = await post(receiver, "/v1/traces", "a=b", { "content-type": "text/plain" });
    assert.equal(type.status, 415);
    assert.deepEqual(await type.json(), {
      code: 3,
      message: "Expected the content type application/x-protobuf or application/json, got text/plain.",
    });
    assert.deepEqual(
      receiver.requests().map((request) => [request.method, request.path, request.pipeline, request.status]),
      [
        ["POST", "/v1/trace", undefined, 404],
        ["GET", "/v1/traces", undefined, 405],
        ["POST", "/v1/traces", undefined, 415],
      ],
    );
  });

  test("compressed in a way that is unknown gets 415, compressed badly 400", async (t) => {
    const receiver = own(t, await startReceiver({ port: 0 }));
    const unknown = await post(receiver, "/v1/traces", emptySpans, { ...JSON_TYPE, "content-encoding": "snappy" });
    assert.equal(unknown.status, 415);
    const bad = await post(receiver, "/v1/traces", emptySpans, { ...JSON_TYPE, "content-encoding": "gzip" });
    assert.equal(bad.status, 400);
  });

  test("that is too large, on the wire or after decompression, gets 413", async (t) => {
    const receiver = own(t, await startReceiver({ port: 0, maxBodyBytes: 1_000 }));
    const large = spansNamed("x".repeat(1_000));
    assert.equal((await post(receiver, "/v1/traces", large, JSON_TYPE)).status, 413);
    const packed = new Uint8Array(gzipSync(large));
    const gzip = { ...JSON_TYPE, "content-encoding": "gzip" };
    assert.equal((await post(receiver, "/v1/traces", packed, gzip)).status, 413);
    assert.equal((await post(receiver, "/v1/traces", spansNamed("fits"), JSON_TYPE)).status, 200);
  });
});

describe("an answer as told", () => {
  test("of a status brings its google.rpc.Status and Retry-After, and takes nothing", async (t) => {
    const receiver = own(t, await startReceiver({ port: 0 }));
    receiver.answerWith({ status: 429, message: "slower, please", retryAfter: 2 });
    const json = await post(receiver, "/v1/traces", spansNamed("a"), JSON_TYPE);
    assert.equal(json.status, 429);
    assert.equal(json.headers.get("retry-after"), "2");
    assert.deepEqual(await json.json(), { code: 8, message: "slower, please" });
    receiver.answerWith({ status: 401 });
    const binary = await post(receiver, "/v1/traces", new Uint8Array(), PROTOBUF_TYPE);
    assert.equal(binary.status, 401);
    assert.deepEqual(await protobufBody(binary, "Status"), { code: 16, message: "Unauthorized" });
    assert.deepEqual(receiver.spans(), []);
  });

  test("of a partial success says what it rejects, and takes the rest", async (t) => {
    const receiver = own(t, await startReceiver({ port: 0 }));
    receiver.answerWith({ rejected: 2, message: "too old" });
    const json = await post(receiver, "/v1/traces", spansNamed("a", "b", "c"), JSON_TYPE);
    assert.equal(json.status, 200);
    assert.deepEqual(await json.json(), { partialSuccess: { rejectedSpans: "2", errorMessage: "too old" } });
    assert.deepEqual(
      receiver.spans().map(({ name }) => name),
      ["a"],
    );
    const binary = await post(receiver, "/v1/logs", new Uint8Array(), PROTOBUF_TYPE);
    assert.deepEqual(await protobufBody(binary, "ExportLogsServiceResponse"), {
      partialSuccess: { rejectedLogRecords: "2", errorMessage: "too old" },
    });
    receiver.answerWith({ rejected: 0, message: "a remark" });
    const remark = await post(receiver, "/v1/metrics", "{}", JSON_TYPE);
    assert.deepEqual(await remark.json(), { partialSuccess: { errorMessage: "a remark" } });
  });

  test("of a partial success rejects the last points of metrics", async (t) => {
    const receiver = own(t, await startReceiver({ port: 0 }));
    const gauge = { dataPoints: [{ asInt: 1 }, { asInt: 2 }] };
    const metrics = ["a", "b"].map((name) => ({ name, gauge }));
    receiver.answerWith({ rejected: 3, message: "" });
    await post(
      receiver,
      "/v1/metrics",
      JSON.stringify({ resourceMetrics: [{ scopeMetrics: [{ metrics }] }] }),
      JSON_TYPE,
    );
    assert.deepEqual(
      receiver.metrics().map(({ name, points }) => [name, ...points.map(({ value }) => value)]),
      [["a", 1]],
    );
  });

  test("holds for one pipeline, or for a number of requests, where it says so", async (t) => {
    const receiver = own(t, await startReceiver({ port: 0 }));
    receiver.answerWith({ status: 503 }, { pipeline: "logs", times: 1 });
    const statuses = [];
    for (const path of ["/v1/traces", "/v1/logs", "/v1/logs"]) {
      statuses.push((await post(receiver, path, "{}", JSON_TYPE)).status);
    }
    assert.deepEqual(statuses, [200, 503, 200]);
    receiver.answerWith({ status: 500 });
    assert.equal((await post(receiver, "/v1/traces", "{}", JSON_TYPE)).status, 500);
    receiver.answerWith("success");
    assert.equal((await post(receiver, "/v1/traces", "{}", JSON_TYPE)).status, 200);
  });

  test("that is late is given late, and takes nothing from a client that has left", async (t) => {
    const receiver = own(t, await startReceiver({ port: 0 }));
    receiver.answerWith({ delayMs: 20, answer: { status: 503 } });
    assert.equal((await post(receiver, "/v1/traces", spansNamed("a"), JSON_TYPE)).status, 503);
    receiver.answerWith({ delayMs: 20 }, { times: 1 });
    assert.equal((await post(receiver, "/v1/traces", spansNamed("b"), JSON_TYPE)).status, 200);

    receiver.answerWith({ delayMs: 3_600_000 }, { times: 1 });
    const controller = new AbortController();
    const left = fetch(`${receiver.url}/v1/traces`, {
      method: "POST",
      body: spansNamed("c"),
      headers: JSON_TYPE,
      signal: controller.signal,
    });
    await receiver.until(({ requests }) => requests().length === 3);
    controller.abort();
    await assert.rejects(left, { name: "AbortError" });
    assert.deepEqual(
      receiver.spans().map(({ name }) => name),
      ["b"],
    );
  });

  test("of silence never comes", async (t) => {
    const receiver = own(t, await startReceiver({ port: 0 }));
    receiver.answerWith("silence");
    let answered = false;
    const waiting = post(receiver, "/v1/traces", spansNamed("a"), JSON_TYPE).then(() => (answered = true));
    await receiver.until(({ requests }) => requests().length === 1);
    await receiver.refuse();
    await assert.rejects(waiting);
    assert.equal(answered, false);
    assert.deepEqual(receiver.spans(), []);
    assert.equal(receiver.requests()[0]?.status, undefined);
  });

  for (const [encoding, type] of Object.entries({ json: JSON_TYPE, protobuf: PROTOBUF_TYPE })) {
    test(`that is half breaks off, that is garbage is no ${encoding}`, async (t) => {
      const receiver = own(t, await startReceiver({ port: 0 }));
      const body = encoding === "json" ? "{}" : new Uint8Array();
      receiver.answerWith("half");
      const half = await post(receiver, "/v1/traces", body, type);
      assert.equal(half.status, 200);
      await assert.rejects(half.text());
      receiver.answerWith("garbage");
      const garbage = await post(receiver, "/v1/traces", body, type);
      assert.equal(garbage.status, 200);
      assert.equal(garbage.headers.get("content-type"), type["content-type"]);
      const text = await garbage.text();
      assert.throws(() => JSON.parse(text) as unknown);
      assert.throws(() => root.lookupType("otlp.ExportTraceServiceResponse").decode(Buffer.from(text)));
    });
  }
});

describe("a receiver", () => {
  test("refuses connections until it listens again, on the same port", async (t) => {
    const receiver = own(t, await startReceiver({ port: 0 }));
    await receiver.refuse();
    await receiver.refuse();
    await assert.rejects(post(receiver, "/v1/traces", "{}", JSON_TYPE), (error: Error) => {
      assert.equal((error.cause as NodeJS.ErrnoException).code, "ECONNREFUSED");
      return true;
    });
    await receiver.listenAgain();
    await receiver.listenAgain();
    assert.equal((await post(receiver, "/v1/traces", "{}", JSON_TYPE)).status, 200);
  });

  test("says which port is in use, and what to do", async (t) => {
    const receiver = own(t, await startReceiver({ port: 0 }));
    await assert.rejects(startReceiver({ port: receiver.port }), {
      code: "ERR_SEAWORTHY_RECEIVER_PORT",
      message:
        `Expected to listen for OTLP on 127.0.0.1, port ${receiver.port}, got a port that another server has ` +
        "(EADDRINUSE). Stop the other receiver or Collector, or take another port here and in " +
        "OTEL_EXPORTER_OTLP_ENDPOINT.",
    });
  });

  test("refuses options that cannot be", async () => {
    const refused = { code: "ERR_SEAWORTHY_OPTION" };
    await assert.rejects(startReceiver({ port: 65_536 }), refused);
    await assert.rejects(startReceiver({ port: 0, keep: 0 }), refused);
    await assert.rejects(startReceiver({ port: 0, maxBodyBytes: 0.5 }), refused);
  });

  test("refuses answers that cannot be", async (t) => {
    const receiver = own(t, await startReceiver({ port: 0 }));
    const refused = { code: "ERR_SEAWORTHY_OPTION" };
    for (const answer of [{ status: 100 }, { delayMs: -1 }, { delayMs: 1, answer: { status: 600 } }]) {
      assert.throws(() => receiver.answerWith(answer), refused);
    }
    assert.throws(() => receiver.answerWith({ rejected: -1, message: "" }), refused);
  });

  test("keeps the last ones only, and forgets all when told", async (t) => {
    const receiver = own(t, await startReceiver({ port: 0, keep: 2 }));
    await post(receiver, "/v1/traces", spansNamed("a", "b"), JSON_TYPE);
    await post(receiver, "/v1/traces", spansNamed("c"), JSON_TYPE);
    assert.deepEqual(
      receiver.spans().map(({ name }) => name),
      ["b", "c"],
    );
    receiver.clear();
    assert.deepEqual([...receiver.spans(), ...receiver.requests()], []);
  });

  test("tells those who listen of what each request brought", async (t) => {
    const receiver = own(t, await startReceiver({ port: 0 }));
    const heard: string[] = [];
    const spans = own(
      t,
      receiver.onSpans((list) => heard.push(...list.map(({ name }) => name))),
    );
    const logs = own(
      t,
      receiver.onLogs(() => heard.push("logs")),
    );
    const metrics = own(
      t,
      receiver.onMetrics(() => heard.push("metrics")),
    );
    await post(receiver, "/v1/traces", spansNamed("a", "b"), JSON_TYPE);
    await post(receiver, "/v1/traces", "{}", JSON_TYPE);
    await post(
      receiver,
      "/v1/logs",
      JSON.stringify({ resourceLogs: [{ scopeLogs: [{ logRecords: [{}] }] }] }),
      JSON_TYPE,
    );
    spans[Symbol.dispose]();
    await post(receiver, "/v1/traces", spansNamed("c"), JSON_TYPE);
    assert.deepEqual(heard, ["a", "b", "logs"]);
    assert.ok(logs && metrics);
  });
});
