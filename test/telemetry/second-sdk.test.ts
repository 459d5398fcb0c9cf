import assert from "node:assert/strict";
import { type TestContext, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import type { Receiver } from "@seaworthy/otlp-receiver";
import { ask } from "../harness/ask.ts";
import type { ProcessOptions, RunningProcess } from "../harness/process.ts";
import { copyPackages } from "./second-copy.ts";
import { deliveriesOf, openReceiver, startService, toldBy, whenStarted } from "./service.ts";

interface Run {
  readonly receiver: Receiver;
  readonly service: RunningProcess;
  /** What was told of a second SDK. */
  readonly told: readonly string[];
}

/** Runs a service to its end, with one request in which it makes a span called `work`. */
async function run(t: TestContext, fixture: string, options: ProcessOptions): Promise<Run> {
  const receiver = await openReceiver(t);
  const service = startService(t, fixture, receiver.url, options);
  const doors = await whenStarted(service);
  assert.equal((await ask(`${doors.app}/`)).body, "ok");
  service.kill("SIGTERM");
  assert.deepEqual(await service.ended, { code: 0, signal: null }, service.stderr());
  return { receiver, service, told: toldBy(service, "second-sdk").map(({ msg }) => msg) };
}

/** Who sent the span: each sender once for each time. */
const senders = ({ receiver }: Run): unknown[] =>
  receiver
    .spans()
    .filter(({ name }) => name === "work")
    .map(({ resource }) => resource["service.name"]);

function assertOneLine({ told }: Run, line: RegExp): void {
  assert.equal(told.length, 1, told.join("\n"));
  assert.match(told[0] ?? "", line);
}

const preload = (name: string): string => fileURLToPath(new URL(`fixtures/${name}`, import.meta.url));

/** What an ES module leaves to be known by; a file of CommonJS is known by its name. */
const byResource =
  /^another OpenTelemetry SDK \(3\.\d+\.\d+, of the service theirs\) has registered trace, metrics, logs /;
const byFile = /^@opentelemetry\/sdk-node has registered trace, metrics, logs /;

describe("another SDK is named in one line, and nothing is sent twice:", () => {
  test("one that was started before stays alone", async (t) => {
    const ended = await run(t, "second-sdk.mjs", { args: ["before"] });
    assertOneLine(ended, byResource);
    assert.deepEqual(senders(ended), ["theirs"]);
  });

  test("one that is started after gets nothing", async (t) => {
    const ended = await run(t, "second-sdk.mjs", { args: ["after"] });
    assertOneLine(ended, /^@opentelemetry\/sdk-node was started after Seaworthy's telemetry and could not register /);
    assert.deepEqual(senders(ended), ["ours"]);
    assert.equal(deliveriesOf(ended.service)["spans"]?.sent, ended.receiver.spans().length);
  });

  test("one that is started after, and sets a diagnostic logger of its own, gets nothing", async (t) => {
    const ended = await run(t, "second-sdk.mjs", { args: ["after"], env: { OTEL_LOG_LEVEL: "info" } });
    assertOneLine(ended, /^@opentelemetry\/sdk-node was started after Seaworthy's telemetry and could not register /);
    assert.deepEqual(senders(ended), ["ours"]);
    assert.match(
      `${ended.service.stdout()}${ended.service.stderr()}`,
      /Attempted duplicate registration of API: trace/,
    );
  });

  for (const [flag, file, line] of [
    ["--import", "node-sdk-preload.mjs", byResource],
    ["--require", "node-sdk-preload.cjs", byFile],
  ] as const) {
    test(`one that ${flag} preloads stays alone`, async (t) => {
      const ended = await run(t, "second-sdk.mjs", { flags: [flag, preload(file)] });
      assertOneLine(ended, line);
      assert.deepEqual(senders(ended), ["theirs"]);
    });

    for (const [order, flags] of [
      ["before", [flag, preload(file), "--import", "seaworthy/register"]],
      ["after", ["--import", "seaworthy/register", flag, preload(file)]],
    ] as const) {
      test(`one that ${flag} preloads ${order} seaworthy/register stays alone`, async (t) => {
        const ended = await run(t, "work.mjs", { flags });
        assertOneLine(ended, line);
        assert.deepEqual(senders(ended), ["theirs"]);
      });
    }
  }

  test("a second copy of ours", async (t) => {
    const { telemetry } = copyPackages(t);
    const ended = await run(t, "second-copy.mjs", { args: [telemetry] });
    assertOneLine(ended, /^another copy of @seaworthy\/telemetry \(\d+\.\d+\.\d+\) has registered /);
    assert.deepEqual(senders(ended), ["ours"]);
    assert.equal(deliveriesOf(ended.service)["spans"]?.sent, ended.receiver.spans().length);
  });

  test("none is there where a second copy of start() is called, which gives the service of the first", async (t) => {
    const { seaworthy } = copyPackages(t);
    const ended = await run(t, "second-copy.mjs", { args: [seaworthy] });
    assert.match(ended.service.stdout(), /the same service: true/);
    assert.deepEqual(ended.told, []);
    assert.deepEqual(senders(ended), ["ours"]);
  });
});
