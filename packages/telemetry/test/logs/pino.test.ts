import assert from "node:assert/strict";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { promisify } from "node:util";
import { context } from "@opentelemetry/api";
import { suppressTracing } from "@opentelemetry/core";
import type * as Fastify from "fastify";
import type * as Pino from "pino";
import { pinoInstrumentation } from "../../src/logs/pino.ts";
import { installEarlier } from "../instrumentation/fixtures/earlier-majors.ts";
import { idsOf, inSpan, require, sent, sink } from "./pipeline.ts";

type Pinos = typeof Pino & typeof Pino.pino;

const earlier = installEarlier(["pino-9"]);
after(() => earlier[Symbol.dispose]());

/** Each with a logger that was made before the instrumentation, and a framework that logs by it. */
const majors = [
  { major: 10, load: require, framework: "fastify" },
  { major: 9, load: createRequire(join(earlier.folder, "app.js")), framework: "fastify-4" },
].map((one) => ({ ...one, early: (one.load("pino") as Pinos)({}, { write() {} }) }));
const instrumentation = pinoInstrumentation();
instrumentation.enable();

/** Gives the path of a file in a folder that is there meanwhile. */
async function inFolder(run: (path: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "pino-"));
  try {
    await run(join(folder, "out.log"));
  } finally {
    await rm(folder, { recursive: true });
  }
}

for (const { major, load, framework, early } of majors) {
  describe(`pino ${major}`, () => {
    const pino = load("pino") as Pinos;

    test("is the one that is meant", () => {
      assert.match(pino.version, new RegExp(`^${major}\\.`));
    });

    test("a line and its record have the ids of the active span", () => {
      const out = sink();
      const log = pino({ name: "orders" }, out.stream);
      const span = inSpan(() => log.info({ order: 7, items: ["a", { b: 1 }] }, "placed %s", "now"));
      const [line] = out.lines();
      const [record, ...more] = sent();
      assert.deepEqual(more, []);
      assert.deepEqual(
        { trace_id: line?.["trace_id"], span_id: line?.["span_id"], trace_flags: line?.["trace_flags"] },
        idsOf(span),
      );
      assert.ok(record);
      assert.equal(record.spanContext?.traceId, span.spanContext().traceId);
      assert.equal(record.spanContext?.spanId, span.spanContext().spanId);
      assert.equal(record.body, "placed now");
      assert.equal(record.severityNumber, 9);
      assert.equal(record.severityText, "info");
      assert.deepEqual(record.attributes, { name: "orders", order: 7, items: ["a", { b: 1 }] });
      assert.equal(record.hrTime[0], Math.floor((line?.["time"] as number) / 1e3));
    });

    test("a line outside of a span has no ids", () => {
      const out = sink();
      pino({}, out.stream).warn("alone");
      assert.equal("trace_id" in (out.lines()[0] ?? {}), false);
      assert.equal(sent()[0]?.spanContext, undefined);
    });

    test("ids that the application gives itself stay", () => {
      const out = sink();
      const fields = { trace_id: "mine" };
      inSpan(() => pino({}, out.stream).info(fields, "own"));
      assert.equal(out.lines()[0]?.["trace_id"], "mine");
      assert.equal(sent()[0]?.attributes["trace_id"], "mine");
      assert.deepEqual(fields, { trace_id: "mine" });
    });

    test("formatters and mixins see and keep what they did", () => {
      const out = sink();
      const log = pino(
        {
          mixin: () => ({ mixed: true }),
          mixinMergeStrategy: (fields, mixed) => ({ ...fields, ...mixed }),
          formatters: { log: ({ trace_id: traceId, ...rest }) => ({ ...rest, trace: traceId }) },
        },
        out.stream,
      );
      const span = inSpan(() => log.info({ a: 1 }, "formatted"));
      const line = out.lines()[0];
      assert.equal(line?.["trace"], span.spanContext().traceId);
      assert.equal(line?.["mixed"], true);
      assert.deepEqual(sent()[0]?.attributes, { a: 1, mixed: true, trace: span.spanContext().traceId });
    });

    test("child loggers send once, with their bindings", () => {
      const out = sink();
      const child = pino({}, out.stream).child({ request: "r1" }).child({ user: "u1" }, { level: "debug" });
      child.debug("deep");
      assert.deepEqual(
        sent().map(({ body, attributes }) => ({ body, attributes })),
        [{ body: "deep", attributes: { request: "r1", user: "u1" } }],
      );
    });

    test("what a level keeps from being written is not sent", () => {
      const out = sink();
      const log = pino({ level: "warn" }, out.stream);
      log.info("no");
      log.level = "silent";
      log.fatal("no");
      assert.equal(out.text(), "");
      assert.deepEqual(sent(), []);
    });

    test("a multistream sends once what any of its streams takes, and nothing else", () => {
      const [all, errors] = [sink(), sink()];
      const streams = [
        { level: "info", stream: all.stream },
        { level: "error", stream: errors.stream },
      ] as const;
      const log = pino({ level: "trace" }, pino.multistream([...streams]));
      log.debug("neither");
      log.info("one");
      log.error("both");
      assert.equal(all.lines().length, 2);
      assert.equal(errors.lines().length, 1);
      assert.deepEqual(
        sent().map(({ body }) => body),
        ["one", "both"],
      );
    });

    test("errors are exceptions, with the fields of their own under their name", () => {
      const out = sink();
      const log = pino({}, out.stream);
      const error = Object.assign(new TypeError("no such order", { cause: new Error("no row") }), { code: "E_NONE" });
      log.error(error);
      log.error({ err: error }, "failed");
      const [bare, worded] = sent();
      assert.equal(bare?.body, "no such order");
      assert.equal(worded?.body, "failed");
      for (const record of [bare, worded]) {
        assert.equal(record?.severityNumber, 17);
        assert.equal(record?.attributes["exception.type"], "TypeError");
        assert.match(String(record?.attributes["exception.message"]), /^no such order/);
        assert.match(
          String(record?.attributes["exception.stacktrace"]),
          /pino\.test\.ts[\s\S]*caused by: Error: no row/,
        );
        assert.deepEqual(record?.attributes["err"], { code: "E_NONE" });
      }
    });

    test("what was redacted is not sent", () => {
      const out = sink();
      const log = pino(
        { redact: ["password"], hooks: { streamWrite: (line) => line.replaceAll("4111-1111", "****") } },
        out.stream,
      );
      log.info({ password: "hunter2" }, "card 4111-1111");
      const [record] = sent();
      assert.equal(record?.body, "card ****");
      assert.deepEqual(record?.attributes, { password: "[Redacted]" });
    });

    test("a line that is no JSON is sent as it is, with its severity", () => {
      const out = sink();
      const log = pino(
        { hooks: { streamWrite: (line: string) => `orders ${line.replaceAll("secret", "***")}` } },
        out.stream,
      );
      const span = inSpan(() => log.warn({ token: "secret" }, "placed"));
      const [record, ...more] = sent();
      assert.deepEqual(more, []);
      assert.equal(record?.body, out.text().trimEnd());
      assert.match(record?.body, /^orders \{.*"token":"\*\*\*".*"placed"\}$/);
      assert.equal(record?.severityNumber, 13);
      assert.equal(record?.spanContext?.spanId, span.spanContext().spanId);
    });

    test("other keys, levels and times are understood", () => {
      const out = sink();
      const log = pino(
        {
          messageKey: "message",
          errorKey: "error",
          nestedKey: "payload",
          timestamp: pino.stdTimeFunctions.isoTime,
          base: null,
          customLevels: { notice: 35, loud: 45 },
          formatters: { level: (label) => ({ level: label }) },
        },
        out.stream,
      );
      const span = inSpan(() => log.notice({ a: 1, error: new RangeError("far") }, "nested"));
      log.loud("custom");
      const [nested, custom] = sent();
      assert.equal(nested?.body, "nested");
      assert.equal(nested?.severityText, "notice");
      assert.equal(nested?.severityNumber, 10);
      assert.equal(nested?.spanContext?.spanId, span.spanContext().spanId);
      assert.equal(nested?.attributes["a"], 1);
      assert.equal(nested?.attributes["exception.type"], "RangeError");
      assert.equal("trace_id" in (nested?.attributes ?? {}), false);
      assert.equal(custom?.severityNumber, 15);
      const time = Date.parse(String(out.lines()[0]?.["time"]));
      assert.equal(nested?.hrTime[0], Math.floor(time / 1e3));
    });

    for (const name of ["epochTime", "unixTime", "isoTime", "isoTimeNano", "nullTime"] as const) {
      test(`the time that ${name} writes is the record's`, () => {
        const out = sink();
        const since = Math.floor(Date.now() / 1e3);
        pino({ timestamp: pino.stdTimeFunctions[name] }, out.stream).info("now");
        const [record] = sent();
        assert.ok(record);
        // The second in which it was written, or the next one, which unixTime rounds to.
        assert.ok(
          record.hrTime[0] >= since && record.hrTime[0] <= Math.floor(Date.now() / 1e3) + 1,
          String(record.hrTime),
        );
        assert.equal("time" in record.attributes, false);
      });
    }

    test("loggers made before the instrumentation are heard, until it is disabled", () => {
      early.info("early");
      assert.equal(sent().length, 1);
      instrumentation.disable();
      early.info("off");
      assert.deepEqual(sent(), []);
      instrumentation.enable();
      early.info("on");
      assert.equal(sent().length, 1);
    });

    test("what is logged while tracing is suppressed is written and not sent", () => {
      const out = sink();
      const log = pino({}, out.stream);
      context.with(suppressTracing(context.active()), () => log.info("by an exporter"));
      assert.equal(out.lines().length, 1);
      assert.deepEqual(sent(), []);
    });

    test("fields that cannot be shown do not throw more than they do without", () => {
      const out = sink();
      const circle: Record<string, unknown> = { big: 1n };
      circle["self"] = circle;
      pino({}, out.stream).info({ circle, when: new Date(0), no: undefined, fn() {} }, "odd");
      assert.equal(out.lines().length, 1);
      const [record] = sent();
      assert.equal(record?.body, "odd");
      assert.equal(record?.attributes["when"], "1970-01-01T00:00:00.000Z");
    });

    test("flush writes what an asynchronous destination holds", async () => {
      await inFolder(async (path) => {
        const destination = pino.destination({ dest: path, sync: false, minLength: 4_096 });
        await once(destination, "ready");
        const log = pino({}, destination);
        log.info("held");
        assert.equal(readFileSync(path, "utf8"), "");
        await promisify(log.flush.bind(log))();
        assert.match(readFileSync(path, "utf8"), /"held"/);
        assert.equal(sent().length, 1);
      });
    });

    test("a transport in a worker thread writes the ids, and each line is sent once", async () => {
      await inFolder(async (path) => {
        const targets = [
          { target: "pino/file", level: "debug", options: { destination: path } },
          { target: "pino/file", level: "error", options: { destination: `${path}.errors` } },
        ];
        const log = pino({ level: "debug", transport: { targets } });
        const span = inSpan(() => log.debug({ a: 1 }, "through a worker"));
        while (!existsSync(path) || !readFileSync(path, "utf8").endsWith("\n")) await delay(5);
        const line = JSON.parse(readFileSync(path, "utf8")) as Record<string, unknown>;
        assert.equal(line["trace_id"], span.spanContext().traceId);
        assert.deepEqual(
          sent().map(({ body, spanContext }) => [body, spanContext?.traceId]),
          [["through a worker", span.spanContext().traceId]],
        );
      });
    });

    test("Fastify's logger is heard with its bindings and serializers", async () => {
      const out = sink();
      const { fastify } = require(framework) as typeof Fastify;
      const app = fastify({ logger: { stream: out.stream } });
      let ids: Record<string, string> = {};
      app.get("/", (request) => {
        const span = inSpan(() => request.log.info({ order: 3 }, "in the handler"));
        ids = idsOf(span);
        return "ok";
      });
      await app.inject("/");
      await app.close();
      const records = sent();
      assert.equal(records.length, out.lines().length);
      const handled = records.find(({ body }) => body === "in the handler");
      assert.equal(handled?.spanContext?.traceId, ids["trace_id"]);
      assert.equal(handled?.attributes["order"], 3);
      assert.ok(handled?.attributes["reqId"]);
      const incoming = records.find(({ body }) => body === "incoming request");
      assert.deepEqual((incoming?.attributes["req"] as { method: string } | undefined)?.method, "GET");
    });
  });
}
