import assert from "node:assert/strict";
import { once } from "node:events";
import { type AddressInfo, type Socket, connect, createServer } from "node:net";
import { type TestContext, describe, test } from "node:test";
import { setTimeout } from "node:timers/promises";
import { diag } from "@opentelemetry/api";
import { emptyResource } from "@opentelemetry/resources";
import { AggregationType } from "@opentelemetry/sdk-metrics";
import { AlwaysOnSampler } from "@opentelemetry/sdk-trace";
import { systemClock } from "@seaworthy/lifecycle";
import { type Receiver, startReceiver } from "@seaworthy/otlp-receiver";
import type { Destination } from "../../src/exporters/otlp.ts";
import { type Deliveries, flush } from "../../src/pipelines/flush.ts";
import { type PipelinePlans, type Pipelines, openPipelines } from "../../src/pipelines/open.ts";

interface Batch {
  readonly maxQueueSize: number;
  readonly maxExportBatchSize: number;
  readonly scheduledDelayMillis: number;
  readonly exportTimeoutMillis: number;
}

const batchOf = (batch: Partial<Batch>): Batch => ({
  maxQueueSize: 2_048,
  maxExportBatchSize: 512,
  scheduledDelayMillis: 600_000,
  exportTimeoutMillis: 30_000,
  ...batch,
});

function plansFor(url: string, batch: Partial<Batch> = {}, pushTimeoutMs = 30_000): PipelinePlans {
  const destination = (path: string): Destination => ({
    protocol: "http/protobuf",
    url: `${url}/v1/${path}`,
    headers: {},
    timeoutMs: 10_000,
    compression: "none",
    tls: {},
    insecure: true,
  });
  return {
    resource: emptyResource(),
    traces: {
      console: false,
      destination: destination("traces"),
      sampler: new AlwaysOnSampler(),
      spanLimits: {},
      batch: batchOf(batch),
      isDropped: () => false,
    },
    metrics: {
      console: false,
      destination: destination("metrics"),
      exporterOptions: { temporalityPreference: 1, aggregationPreference: () => ({ type: AggregationType.DEFAULT }) },
      intervalMs: 600_000,
      timeoutMs: pushTimeoutMs,
      views: [],
      answersScrapes: false,
      readers: [],
      onCollected: () => {},
    },
    logs: { console: false, destination: destination("logs"), limits: {}, batch: batchOf(batch) },
  };
}

interface Stage {
  readonly receiver: Receiver;
  readonly pipelines: Pipelines;
  readonly told: string[];
  end(): Promise<Deliveries>;
  makeSpans(count: number): void;
  log(body: string): void;
}

interface Setting {
  readonly batch?: Partial<Batch>;
  /** How long the reader waits for a push of metrics. */
  readonly pushTimeoutMs?: number;
  /** What stands before the receiver. */
  readonly front?: (t: TestContext, receiver: Receiver) => Promise<string>;
}

async function stage(t: TestContext, { batch, pushTimeoutMs, front }: Setting = {}): Promise<Stage> {
  const receiver = await startReceiver({ port: 0 });
  t.after(() => receiver[Symbol.asyncDispose]());
  const told: string[] = [];
  const url = front ? await front(t, receiver) : receiver.url;
  const pipelines = openPipelines(
    plansFor(url, batch, pushTimeoutMs),
    systemClock,
    ({ message }) => void told.push(message),
  );
  t.after(() => pipelines[Symbol.dispose]());
  const tracer = pipelines.tracerProvider?.getTracer("test") ?? assert.fail();
  const logger = pipelines.loggerProvider?.getLogger("test") ?? assert.fail();
  return {
    receiver,
    pipelines,
    told,
    end: () =>
      flush(pipelines.flushables, { clock: systemClock, budgetMs: 30_000, signal: new AbortController().signal }),
    makeSpans(count) {
      for (let number = 0; number < count; number += 1) tracer.startSpan(`span ${number}`).end();
    },
    log: (body) => logger.emit({ body }),
  };
}

describe("what is left in a queue is sent at the end", () => {
  test("however many batches it is", async (t) => {
    const { receiver, end, makeSpans } = await stage(t, { batch: { maxExportBatchSize: 8 } });
    receiver.answerWith({ delayMs: 20 });
    makeSpans(405);
    assert.deepEqual((await end()).traces, { sent: 405, lost: 0 });
    assert.equal(receiver.spans().length, 405);
  });

  test("when the application was flushing log records just then", async (t) => {
    const { receiver, pipelines, end, log } = await stage(t);
    receiver.answerWith({ delayMs: 100 });
    log("first");
    const flushing = pipelines.loggerProvider?.forceFlush();
    log("second");
    assert.deepEqual((await end()).logs, { sent: 2, lost: 0 });
    await flushing;
    assert.deepEqual(
      receiver.logs().map(({ body }) => body),
      ["first", "second"],
    );
  });

  test("where the first connection of all was cut", async (t) => {
    const { receiver, end, makeSpans } = await stage(t, { front: cuttingFirst });
    makeSpans(1);
    assert.deepEqual((await end()).traces, { sent: 1, lost: 0 });
    assert.equal(receiver.spans().length, 1);
  });
});

/** Resets the first connection that sends a span, and leads all others to the receiver. */
async function cuttingFirst(t: TestContext, receiver: Receiver): Promise<string> {
  let isCut = false;
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket.on("error", () => {}));
    socket.once("data", (first: Buffer) => {
      if (!isCut && first.includes("/v1/traces")) {
        isCut = true;
        socket.resetAndDestroy();
        return;
      }
      const onward = connect(receiver.port, "127.0.0.1");
      sockets.add(onward.on("error", () => {}));
      onward.write(first);
      socket.pipe(onward).pipe(socket);
    });
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

test("pipelines that are disposed send nothing any more, whoever flushes them", async (t) => {
  const { receiver, pipelines, makeSpans, log } = await stage(t);
  const { tracerProvider, meterProvider, loggerProvider } = pipelines;
  const placed = meterProvider?.getMeter("test").createCounter("placed") ?? assert.fail();
  makeSpans(1);
  log("first");
  placed.add(1);
  pipelines[Symbol.dispose]();
  makeSpans(1);
  placed.add(1);
  for (const provider of [tracerProvider, meterProvider, loggerProvider]) await provider?.forceFlush();
  assert.deepEqual(receiver.requests(), []);
  assert.deepEqual(pipelines.tallies.traces?.counts().sent, 0);
});

test("a flush by the application waits for the spans that are under way already", async (t) => {
  const { receiver, pipelines, makeSpans } = await stage(t, { batch: { maxExportBatchSize: 4 } });
  receiver.answerWith({ delayMs: 100 });
  makeSpans(4);
  assert.equal(pipelines.tallies.traces?.counts().exporting, 4);
  await pipelines.tracerProvider?.forceFlush();
  assert.equal(receiver.spans().length, 4);
});

test("an export takes no longer than its processor waits, and is held against the other side", async (t) => {
  const { receiver, pipelines, told, makeSpans } = await stage(t, { batch: { exportTimeoutMillis: 50 } });
  receiver.answerWith("silence");
  makeSpans(1);
  await assert.rejects(pipelines.tracerProvider?.forceFlush() ?? Promise.resolve());
  assert.deepEqual(pipelines.tallies.traces?.counts().failed, 1);
  assert.match(told.join("\n"), /^Traces do not reach .*: no answer came in time; 1 span lost so far/);
});

test("a push of metrics has as long as an export may take, however often they are pushed", async (t) => {
  const { receiver, pipelines } = await stage(t, { pushTimeoutMs: 1 });
  receiver.answerWith({ delayMs: 50 });
  pipelines.meterProvider?.getMeter("test").createCounter("placed").add(1);
  await pipelines.meterProvider?.forceFlush();
  await pipelines.tallies.metrics?.whenIdle();
  const { sent = 0, failed } = pipelines.tallies.metrics?.counts() ?? {};
  assert.ok(sent > 0);
  assert.equal(failed, 0);
});

test("what is kept out is not printed either", async (t) => {
  const printed = t.mock.method(console, "dir", () => {});
  const { traces, resource } = plansFor("http://127.0.0.1:1");
  const plan = { ...(traces ?? assert.fail()), destination: undefined, console: true };
  const isDropped: typeof plan.isDropped = ({ name }) => name === "probe";
  const pipelines = openPipelines({ resource, traces: { ...plan, isDropped } }, systemClock, () => {});
  const tracer = pipelines.tracerProvider?.getTracer("test");
  for (const name of ["probe", "order"]) tracer?.startSpan(name).end();
  const names = printed.mock.calls.map(({ arguments: [shown] }) => (shown as { readonly name: string }).name);
  assert.deepEqual(names, ["order"]);
});

test("metrics that cannot be encoded cost themselves only", async (t) => {
  const { receiver, pipelines, told, end } = await stage(t);
  const meter = pipelines.meterProvider?.getMeter("test") ?? assert.fail();
  const circle: Record<string, string> = { id: "x" };
  meter.createCounter("round").add(1, circle);
  Object.assign(circle, { self: circle });
  for (const name of ["one", "two", "three"]) meter.createCounter(name).add(1);
  const { metrics } = await end();
  const names = receiver.metrics().map(({ name }) => name);
  assert.ok(
    ["one", "two", "three"].every((name) => names.includes(name)),
    names.join(),
  );
  assert.equal(metrics?.lost, 1);
  assert.match(told.join("\n"), /could not be encoded/);
});

test("a pipeline is not given up where another one has reached the same endpoint", async (t) => {
  const { receiver, pipelines, told, end, makeSpans, log } = await stage(t);
  makeSpans(1);
  await pipelines.tracerProvider?.forceFlush();
  await receiver.refuse();
  log("late");
  const ended = end();
  while (!told.some((line) => line.startsWith("Logs do not reach"))) await setTimeout(10);
  await receiver.listenAgain();
  assert.deepEqual((await ended).logs, { sent: 1, lost: 0 });
});

test("what was taken in part is counted as lost, whoever has set the diagnostic logger", async (t) => {
  const { receiver, pipelines, told, end, makeSpans, log } = await stage(t);
  const said: string[] = [];
  const keep = (...words: unknown[]): void => void said.push(words.map(String).join(" "));
  diag.setLogger({ error: keep, warn: keep, info() {}, debug() {}, verbose() {} });
  t.after(() => diag.disable());
  receiver.answerWith({ rejected: 2, message: "too old" });
  makeSpans(5);
  log("first");
  log("second");
  log("third");
  pipelines.meterProvider?.getMeter("test").createCounter("placed").add(1);
  const { traces, logs, metrics } = await end();
  assert.deepEqual(
    [traces, logs],
    [
      { sent: 3, lost: 2 },
      { sent: 1, lost: 2 },
    ],
  );
  assert.equal(metrics?.lost, 2);
  assert.match(told.join("\n"), /took an export in part: 2 spans rejected with the words "too old"/);
  assert.equal(said.filter((words) => words.startsWith("Received Partial Success response:")).length, 3);
});
