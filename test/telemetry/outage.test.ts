import assert from "node:assert/strict";
import { type TestContext, describe, test } from "node:test";
import type { Receiver } from "@seaworthy/otlp-receiver";
import type { RunningProcess } from "../harness/process.ts";
import { deliveriesOf, openReceiver, startService, toldBy, whenStarted } from "./service.ts";

const outageSeconds = 30;

interface Outage {
  begin(receiver: Receiver): Promise<void> | void;
  end(receiver: Receiver): Promise<void> | void;
}

/** How a Collector may be away, and what the first line about it says. */
const outages: readonly (readonly [title: string, toldAs: RegExp, outage: Outage])[] = [
  [
    "refuses connections",
    /^Traces do not reach .*: the connection was refused; /,
    { begin: (receiver) => receiver.refuse(), end: (receiver) => receiver.listenAgain() },
  ],
  [
    "answers 503 with Retry-After",
    /^Traces do not reach .*: it answered 429, 502, 503 or 504; /,
    {
      begin: (receiver) => receiver.answerWith({ status: 503, retryAfter: 1 }),
      end: (receiver) => receiver.answerWith("success"),
    },
  ],
];

const second = (service: RunningProcess, number: number): Promise<unknown> =>
  service.until(new RegExp(`^second ${number} is over$`, "m"));

/** How many spans the SDK says that a full queue has dropped. */
function droppedBy(receiver: Receiver): number {
  const processed = receiver.metrics().findLast(({ name }) => name === "otel.sdk.processor.span.processed");
  return Number(processed?.points.find(({ attributes }) => attributes["error.type"] === "queue_full")?.value ?? 0);
}

async function isCounted(t: TestContext, toldAs: RegExp, { begin, end }: Outage): Promise<void> {
  const receiver = await openReceiver(t);
  const service = startService(t, "steady.ts", receiver.url);
  await whenStarted(service);
  await receiver.until(({ spans }) => spans().length > 0, { timeoutMs: 30_000 });
  await begin(receiver);
  const reached = [...service.stdout().matchAll(/second (\d+) is over/g)].length;
  await second(service, reached + outageSeconds);
  const before = receiver.spans().length;
  await end(receiver);
  await service.until(/Traces reach \S+ again after/);
  await receiver.until(({ spans }) => spans().length > before, { timeoutMs: 30_000 });
  service.kill("SIGTERM");
  assert.deepEqual(await service.ended, { code: 0, signal: null }, service.stderr());

  const made = Number(/made (\d+) in all/.exec(service.stdout())?.[1]);
  const { sent, lost } = deliveriesOf(service)["spans"] ?? assert.fail();
  assert.equal(sent + lost, made);
  const arrived = new Set(receiver.spans().map(({ attributes }) => attributes["step.number"]));
  assert.ok(arrived.size >= sent, `${sent} told as sent, ${arrived.size} arrived`);
  // The queue holds 2,048, four seconds' worth.
  assert.ok(lost > made / 4, `${lost} of ${made} lost`);
  const dropped = droppedBy(receiver);
  assert.ok(dropped > 0 && dropped <= lost, `${dropped} dropped, ${lost} lost`);

  const lines = toldBy(service).map(({ msg }) => msg);
  assert.equal(lines.filter((line) => toldAs.test(line)).length, 1, lines.join("\n"));
  assert.equal(lines.filter((line) => /^Spans are dropped: the queue before .* is full\./.test(line)).length, 1);
  const again = lines.flatMap((line) => /^Traces reach .* again after (\d+) s; (\d+) spans were lost/.exec(line) ?? []);
  assert.equal(again.length, 3, lines.join("\n"));
  assert.ok(Number(again[1]) >= outageSeconds / 2, again[0]);
  assert.ok(Number(again[2]) > made / 4 && Number(again[2]) <= lost, again[0]);
}

describe("every span of 500 a second is delivered or counted when the Collector is away for 30 s", () => {
  describe("and then comes back", { concurrency: true, timeout: 150_000 }, () => {
    for (const [title, toldAs, outage] of outages) test(`it ${title}`, (t) => isCounted(t, toldAs, outage));
  });
});
