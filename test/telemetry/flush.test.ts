import assert from "node:assert/strict";
import { type TestContext, describe, test } from "node:test";
import type { Receiver } from "@seaworthy/otlp-receiver";
import { ask } from "../harness/ask.ts";
import type { RunningProcess } from "../harness/process.ts";
import { insist } from "../process/fixture.ts";
import { type Doors, deliveriesOf, openReceiver, reportOf, startService, toldBy, whenStarted } from "./service.ts";
import { textOf } from "./text-of.ts";

interface Late {
  readonly service: RunningProcess;
  readonly doors: Doors;
}

async function startLate(t: TestContext, endpoint: string, budgetMs: number): Promise<Late> {
  const service = startService(t, "late.ts", endpoint, { env: { FLUSH_BUDGET_MS: `${budgetMs}` } });
  return { service, doors: await whenStarted(service) };
}

/** How long the stop took by the report, in milliseconds. */
const stopMs = (service: RunningProcess): number =>
  Number(service.log().find(({ exitCode }) => exitCode !== undefined)?.["durationMs"]);

/** The exporter itself would wait for 10 s, and longer for a second batch. */
const generousMs = 8_000;

/** The spans that `late.ts` makes for a request that is answered, and when it stops. */
const atRequest = 2;
const atStop = 3;

const pointsOf = (receiver: Receiver): number => receiver.metrics().reduce((sum, { points }) => sum + points.length, 0);

/** That the report says what the receiver has, and nothing was lost. */
function assertAllArrived(receiver: Receiver, service: RunningProcess): void {
  assert.deepEqual(deliveriesOf(service), {
    spans: { sent: receiver.spans().length, lost: 0 },
    "data points": { sent: pointsOf(receiver), lost: 0 },
    "log records": { sent: receiver.logs().length, lost: 0 },
  });
}

describe("what is emitted late arrives", () => {
  for (const osSignal of ["SIGTERM", "SIGINT"] as const) {
    test(`of the last request in flight, of hooks, and of the last stop hook, at ${osSignal}`, async (t) => {
      const receiver = await openReceiver(t);
      const { service, doors } = await startLate(t, receiver.url, 5_000);
      const slow = ask(`${doors.app}/slow`);
      await service.until(/slow is in flight/);
      service.kill(osSignal);
      assert.equal((await slow).body, "/slow");
      assert.deepEqual(await service.ended, { code: 0, signal: null }, service.stderr());

      const emitted = ["/slow", "drain hook", "stop hook", "last stop hook"];
      const names = receiver.spans().map(({ name }) => name);
      assert.deepEqual(names.toSorted(), [...emitted, "GET"].toSorted());
      const bodies = receiver.logs().map(({ body }) => body);
      for (const what of emitted) assert.ok(bodies.includes(what), `${what} is not among ${JSON.stringify(bodies)}`);
      const last = receiver.metrics().findLast(({ name }) => name === "orders.placed");
      assert.deepEqual(
        last?.points.map(({ attributes, value }) => `${value} ${textOf(attributes["what"])}`).toSorted(),
        emitted.map((what) => `1 ${what}`).toSorted(),
      );
      const duration = receiver.metrics().findLast(({ name }) => name === "http.server.request.duration");
      assert.equal(duration?.points[0]?.count, 1);
      assertAllArrived(receiver, service);
    });
  }

  test("when a process has nothing left to do", async (t) => {
    const receiver = await openReceiver(t);
    const service = startService(t, "ends.ts", receiver.url);
    assert.deepEqual(await service.ended, { code: 0, signal: null }, service.stderr());
    assert.deepEqual(
      receiver.spans().map(({ name }) => name),
      ["the whole job"],
    );
    assert.deepEqual(
      receiver.logs().map(({ body, traceId }) => [body, traceId]),
      [["done", receiver.spans()[0]?.traceId]],
    );
    assertAllArrived(receiver, service);
  });

  test("when what observes one metric never settles", async (t) => {
    const receiver = await openReceiver(t);
    const service = startService(t, "hangs.ts", receiver.url);
    assert.deepEqual(await service.ended, { code: 0, signal: null }, service.stderr());
    const valueOf = (metric: string): unknown =>
      receiver
        .metrics()
        .findLast(({ name }) => name === metric)
        ?.points.map(({ value }) => value);
    assert.deepEqual([valueOf("orders.placed"), valueOf("pool.size"), valueOf("queue.depth")], [[3], [2], undefined]);
    assertAllArrived(receiver, service);
    const late = toldBy(service, "pipeline").filter(({ level }) => level !== "info");
    assert.equal(late.length, 1, service.stderr());
    assert.match(late[0]?.msg ?? "", /^What observes "queue\.depth" has not settled after \d\.\d s: /);
  });

  test("from a Collector that takes its time, as long as that is within the budget", async (t) => {
    const receiver = await openReceiver(t);
    receiver.answerWith({ delayMs: 400 });
    const { service, doors } = await startLate(t, receiver.url, 10_000);
    await ask(`${doors.app}/quick`);
    service.kill("SIGTERM");
    assert.deepEqual(await service.ended, { code: 0, signal: null }, service.stderr());
    assert.equal(receiver.spans().length, atRequest + atStop);
    assertAllArrived(receiver, service);
  });
});

describe("a fatal error", () => {
  for (const [path, origin] of [
    ["/throws", "uncaughtException"],
    ["/rejects", "unhandledRejection"],
  ] as const) {
    test(`arrives as a FATAL record, and what came before it, and the exit code is 1 (${origin})`, async (t) => {
      const receiver = await openReceiver(t);
      const { service, doors } = await startLate(t, receiver.url, 5_000);
      await ask(`${doors.app}/before`);
      await ask(`${doors.app}${path}`).catch(() => {});
      assert.deepEqual(await service.ended, { code: 1, signal: null }, service.stderr());

      const fatal = receiver.logs().filter(({ severityNumber }) => severityNumber === 21);
      assert.equal(fatal.length, 1);
      const { body, eventName, attributes } = fatal[0] ?? assert.fail();
      assert.deepEqual([body, eventName], [`Fatal (${origin}): RangeError: boom`, "exception"]);
      assert.deepEqual([attributes["exception.type"], attributes["exception.message"]], ["RangeError", "boom"]);
      assert.match(textOf(attributes["exception.stacktrace"]), /RangeError: boom\n.*late\.ts/s);
      if (path === "/throws") assert.match(textOf(attributes["exception.stacktrace"]), /the fuse/);
      const names = receiver.spans().map(({ name }) => name);
      for (const what of ["/before", "last stop hook"]) assert.ok(names.includes(what), names.join());
      assertAllArrived(receiver, service);
    });
  }

  test("on the way to the end arrives as well, and the exit code is 1", async (t) => {
    const receiver = await openReceiver(t);
    const { service, doors } = await startLate(t, receiver.url, 5_000);
    const slow = ask(`${doors.app}/slow-throws`);
    await service.until(/slow is in flight/);
    service.kill("SIGTERM");
    assert.equal((await slow).body, "/slow-throws");
    assert.deepEqual(await service.ended, { code: 1, signal: null }, service.stderr());
    const fatal = receiver.logs().filter(({ severityNumber }) => severityNumber === 21);
    assert.deepEqual(
      fatal.map(({ body }) => body),
      ["Fatal (uncaughtException): RangeError: boom"],
    );
    assertAllArrived(receiver, service);
  });

  test("ends the process in its own short time when the Collector is a black hole", async (t) => {
    const receiver = await openReceiver(t);
    receiver.answerWith("silence");
    const { service, doors } = await startLate(t, receiver.url, 60_000);
    await ask(`${doors.app}/throws`).catch(() => {});
    assert.deepEqual(await service.ended, { code: 1, signal: null }, service.stderr());
    assert.ok(stopMs(service) < generousMs, reportOf(service));
    assert.match(reportOf(service), /telemetry: 0 spans sent, \d+ lost/);
  });
});

describe("a Collector that cannot be had never changes the exit code, and costs", () => {
  test("no more than a moment when it was never there", async (t) => {
    const receiver = await openReceiver(t);
    await receiver.refuse();
    const { service, doors } = await startLate(t, receiver.url, 15_000);
    await ask(`${doors.app}/quick`);
    service.kill("SIGTERM");
    assert.deepEqual(await service.ended, { code: 0, signal: null }, service.stderr());
    assert.ok(stopMs(service) < generousMs, reportOf(service));
    assert.deepEqual(deliveriesOf(service)["spans"], { sent: 0, lost: atRequest + atStop });
    assert.equal(deliveriesOf(service)["log records"]?.sent, 0);
  });

  const budgetMs = 1_000;

  test("at most the budget when it was there and went away", async (t) => {
    const receiver = await openReceiver(t);
    const { service, doors } = await startLate(t, receiver.url, budgetMs);
    await ask(`${doors.app}/before`);
    await receiver.until(({ logs, spans }) => logs().length > 0 && spans().length === atRequest, { timeoutMs: 20_000 });
    await receiver.refuse();
    await ask(`${doors.app}/after`);
    service.kill("SIGTERM");
    assert.deepEqual(await service.ended, { code: 0, signal: null }, service.stderr());
    assert.ok(stopMs(service) < generousMs, reportOf(service));
    const { spans, "log records": records } = deliveriesOf(service);
    assert.deepEqual(spans, { sent: atRequest, lost: atRequest + atStop });
    assert.equal(records?.sent, receiver.logs().length);
    assert.ok((records?.lost ?? 0) > 0);
  });

  for (const [title, answer] of [
    ["takes everything and answers nothing", "silence"],
    ["answers after a minute", { delayMs: 60_000 }],
    ["is told to come back in a minute", { status: 503, retryAfter: 60 }],
  ] as const) {
    test(`at most the budget when it ${title}`, async (t) => {
      const receiver = await openReceiver(t);
      receiver.answerWith(answer);
      const { service, doors } = await startLate(t, receiver.url, budgetMs);
      await ask(`${doors.app}/quick`);
      service.kill("SIGTERM");
      assert.deepEqual(await service.ended, { code: 0, signal: null }, service.stderr());
      assert.ok(stopMs(service) < generousMs, reportOf(service));
      assert.deepEqual(deliveriesOf(service)["spans"], { sent: 0, lost: atRequest + atStop });
      assert.equal(receiver.spans().length, 0);
    });
  }

  test("nothing at all at a second OS signal", async (t) => {
    const receiver = await openReceiver(t);
    receiver.answerWith("silence");
    const { service, doors } = await startLate(t, receiver.url, 15_000);
    await ask(`${doors.app}/quick`);
    service.kill("SIGTERM");
    await service.until(/nothing of ours is left/);
    await receiver.until(({ requests }) => requests().some(({ path }) => path === "/v1/traces"));
    insist(t, service, "SIGTERM");
    assert.deepEqual(await service.ended, { code: 1, signal: null }, service.stderr());
    assert.match(reportOf(service), /forced by SIGTERM/);
    assert.ok(stopMs(service) < generousMs, reportOf(service));
  });
});

describe("a process that calls process.exit()", () => {
  for (const code of [0, 1]) {
    test(`with ${code} is told what that leaves unsent`, async (t) => {
      const receiver = await openReceiver(t);
      const service = startService(t, "exits.ts", receiver.url, { args: ["busy", `${code}`] });
      assert.deepEqual(await service.ended, { code, signal: null }, service.stderr());
      assert.deepEqual(receiver.spans(), []);
      assert.deepEqual(
        toldBy(service, "drop").map(({ msg }) => msg),
        [
          `The process ends with ${code} and without a stop, which leaves 1 span, 2 log records and the metrics since the ` +
            "last export unsent. Where it calls process.exit(), have it set process.exitCode instead, or await the " +
            "service's stop() before.",
        ],
      );
    });
  }

  for (const [how, title] of [
    ["idle", "before it has recorded anything"],
    ["stopped", "when it has stopped"],
    ["by itself", "never, and sets process.exitCode instead"],
  ] as const) {
    test(`${title}, is told nothing`, async (t) => {
      const receiver = await openReceiver(t);
      const service = startService(t, "exits.ts", receiver.url, { args: [how, "3"] });
      assert.deepEqual(await service.ended, { code: 3, signal: null }, service.stderr());
      assert.equal(receiver.spans().length, how === "idle" ? 0 : 1);
      assert.deepEqual(toldBy(service, "drop"), []);
    });
  }
});
