import assert from "node:assert/strict";
import type { IncomingHttpHeaders } from "node:http";
import { type TestContext, describe, test } from "node:test";
import type { Span } from "@seaworthy/otlp-receiver";
import { ask } from "../harness/ask.ts";
import { openOther } from "./other-server.ts";
import { openReceiver, startService } from "./service.ts";

const errorOf = (code: string): string =>
  `<?xml version="1.0"?><Error><Code>${code}</Code><Message>${code} it is</Message></Error>`;

/** S3: takes every object and has every object, but the `missing` one; and is too busy for the first request for `busy`. */
function answerFor(key: string, isFirst: boolean): [status: number, body: string] {
  if (key === "missing") return [404, errorOf("NoSuchKey")];
  if (key === "busy" && isFirst) return [503, errorOf("SlowDown")];
  return [200, key === "kept" || key === "busy" ? "hello" : ""];
}

/** What was told of one request to a service, and what S3 heard of it. */
interface Told {
  readonly spans: readonly Span[];
  readonly heard: readonly { readonly key: string; readonly headers: IncomingHttpHeaders }[];
}

async function tell(t: TestContext, whose: "ours" | "theirs"): Promise<Told> {
  const heard: { key: string; headers: IncomingHttpHeaders }[] = [];
  const s3 = await openOther(t, (request, response) => {
    const [, key = ""] = /^\/things\/(\w+)\?/.exec(request.url ?? "") ?? [];
    const [status, body] = answerFor(
      key,
      heard.every((one) => one.key !== key),
    );
    heard.push({ key, headers: request.headers });
    request.resume().on("end", () => {
      response.writeHead(status, { "x-amz-request-id": "REQUEST", "x-amz-id-2": "EXTENDED" });
      response.end(body);
    });
  });
  const receiver = await openReceiver(t);
  const service = startService(t, "aws.cjs", receiver.url, { args: [whose], env: { S3: s3.url } });
  const [, port] = await service.until(/port (\d+)/);
  assert.equal((await ask(`http://localhost:${port}/`)).body, "hello,NoSuchKey,hello,2");
  service.kill("SIGTERM");
  assert.deepEqual(await service.ended, { code: 0, signal: null }, service.stderr());
  return { spans: receiver.spans(), heard };
}

/** The span of a request that S3 heard, by the context that came with it, and those that it is in, from the inside out. */
function spansOf({ headers }: Told["heard"][number], { spans }: Told): Span[] {
  const [, traceId, id] = /^00-(\w{32})-(\w{16})-01$/.exec(String(headers["traceparent"])) ?? [];
  const around: Span[] = [];
  for (let at = id; at !== undefined; at = around.at(-1)?.parentSpanId) {
    const span = spans.find((one) => one.traceId === traceId && one.spanId === at);
    if (span === undefined) break;
    around.push(span);
  }
  return around;
}

/** The requests that S3 heard, in that order. */
const requestsIn = (told: Told): string[] =>
  told.heard.map((one) => {
    const around = spansOf(one, told).map(({ name, kind, status }) => `${name} ${kind} ${status.code}`);
    return [one.key, ...around].join(" < ");
  });

/** What is told of the calls of the SDK that they were made for. */
const callsIn = (told: Told): Pick<Span, "name" | "attributes" | "status" | "events">[] =>
  told.heard.map((one) => {
    const { name, attributes, status, events } = spansOf(one, told)[1] ?? assert.fail(`no call for ${one.key}`);
    return { name, attributes, status, events: events.map((event) => ({ ...event, timeMs: 0, attributes: {} })) };
  });

/*
 * GET                     server
 * ├─ S3.PutObject         taken
 * │  └─ PUT
 * ├─ S3.PutObject         large
 * │  └─ PUT
 * ├─ S3.GetObject         kept
 * │  └─ GET
 * ├─ S3.GetObject         missing: NoSuchKey
 * │  └─ GET               404
 * └─ S3.GetObject         busy
 *    ├─ GET               503
 *    └─ GET
 */
describe("calls by the AWS SDK", () => {
  test("are recorded once each, around the requests that they are made of, as by the official wiring", async (t) => {
    const ours = await tell(t, "ours");
    const theirs = await tell(t, "theirs");

    assert.deepEqual(requestsIn(ours), [
      "taken < PUT client unset < S3.PutObject client unset < GET server unset",
      "large < PUT client unset < S3.PutObject client unset < GET server unset",
      "kept < GET client unset < S3.GetObject client unset < GET server unset",
      "missing < GET client error < S3.GetObject client error < GET server unset",
      "busy < GET client error < S3.GetObject client unset < GET server unset",
      "busy < GET client unset < S3.GetObject client unset < GET server unset",
    ]);
    assert.deepEqual(requestsIn(theirs), requestsIn(ours));
    const calls = callsIn(ours);
    assert.deepEqual(callsIn(theirs), calls);
    // The one that was served, five calls, and six requests.
    assert.deepEqual([ours.spans.length, theirs.spans.length], [12, 12]);

    assert.deepEqual(calls[0]?.attributes, {
      "rpc.system": "aws-api",
      "rpc.service": "S3",
      "rpc.method": "PutObject",
      "aws.s3.bucket": "things",
      "aws.request.id": "REQUEST",
      "aws.request.extended_id": "EXTENDED",
      "cloud.region": "eu-west-1",
      "http.response.status_code": 200,
    });
    const { status, attributes, events } = calls[3] ?? assert.fail("no call for what is missing");
    assert.deepEqual(status, { code: "error", message: "NoSuchKey it is" });
    assert.equal(attributes["http.response.status_code"], 404);
    assert.deepEqual(
      events.map(({ name }) => name),
      ["exception"],
    );
    // Its headers were sent before the body was wanted.
    assert.equal(ours.heard[1]?.headers.expect, "100-continue");
  });
});
