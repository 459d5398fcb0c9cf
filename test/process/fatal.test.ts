import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { linesOf, reportOf, startFixture } from "./fixture.ts";

describe("a fatal error", () => {
  for (const [name, origin] of [
    ["uncaught-exception", "uncaughtException"],
    ["unhandled-rejection", "unhandledRejection"],
  ] as const) {
    test(`${origin} is logged with its stack, the hooks run, and the exit code is 1`, async (t) => {
      const service = startFixture(t, name);
      assert.deepEqual(await service.ended, { code: 1, signal: null });
      const [line] = linesOf(service, /^Fatal/);
      assert.equal(line?.level, "error");
      assert.equal(line.msg, `Fatal (${origin}): boom`);
      assert.match((line["err"] as Error).stack ?? "", new RegExp(`Error: boom\\n.*breaks.*${name}\\.ts`, "s"));
      assert.equal(service.stdout(), "consumer drains\npool closes\n");
      assert.match(reportOf(service).msg, new RegExp(`after ${origin} \\(boom\\), exit 1: .* 3 of 3 hooks done`));
    });
  }

  test("begins a stop that is shorter than another", async (t) => {
    const service = startFixture(t, "exception-with-hanging-hook", { env: { SEAWORTHY_GRACE_PERIOD_SECONDS: "20" } });
    assert.deepEqual(await service.ended, { code: 1, signal: null });
    const { durationMs, msg } = reportOf(service);
    assert.match(msg, /"pool" abandoned/);
    assert.ok(durationMs >= 150 && durationMs < 1_600, `the stop took ${durationMs} ms`);
  });

  test("a second one ends it at once with 1", async (t) => {
    const service = startFixture(t, "two-exceptions", { env: { SEAWORTHY_GRACE_PERIOD_SECONDS: "20" } });
    assert.deepEqual(await service.ended, { code: 1, signal: null });
    const { durationMs, msg } = reportOf(service);
    assert.match(
      msg,
      /after uncaughtException \(first\), exit 1: forced by uncaughtException \(second\); .*"pool" abandoned/,
    );
    assert.ok(durationMs < 1_000, `the stop took ${durationMs} ms`);
    assert.deepEqual(
      linesOf(service, /^Fatal/).map(({ msg: text }) => text),
      ["Fatal (uncaughtException): first", "Fatal (uncaughtException): second"],
    );
  });

  test("of which one cause makes several at once is one", async (t) => {
    const service = startFixture(t, "burst-of-rejections");
    assert.deepEqual(await service.ended, { code: 1, signal: null });
    assert.equal(service.stdout(), "pool closes\n");
    assert.match(reportOf(service).msg, /after unhandledRejection \(first query failed\), exit 1: \d+ in-flight/);
    assert.equal(linesOf(service, /^Fatal/).length, 3);
  });

  test("that nobody listens to is shown on stderr, as Node would", async (t) => {
    const service = startFixture(t, "plain-exception");
    assert.deepEqual(await service.ended, { code: 1, signal: null });
    assert.equal(service.stdout(), "pool closes\n");
    assert.match(service.stderr(), /^Error: boom\n.*at .*breaks.*plain-exception\.ts/s);
  });

  test("that another listener wants too stops the process all the same, and that is said", async (t) => {
    const service = startFixture(t, "other-fatal-listeners");
    assert.deepEqual(await service.ended, { code: 1, signal: null });
    assert.equal(service.stdout(), "report hears\npool closes\n");
    const lines = linesOf(service, /other uncaughtException listener/);
    assert.equal(lines.length, 1);
    assert.match(lines[0]?.msg ?? "", /^1 other uncaughtException listener in this process \(report\): .*fatalErrors/);
  });

  test("while draining makes a stop end with 1, and the rest of it runs", async (t) => {
    const service = startFixture(t, "exception-while-draining");
    await service.until(/Started after/);
    service.kill("SIGTERM");
    assert.deepEqual(await service.ended, { code: 1, signal: null });
    assert.match(service.stdout(), /pool closes/);
    const { msg, failures } = reportOf(service);
    assert.match(msg, /after SIGTERM, exit 1: /);
    assert.deepEqual(failures, []);
    assert.equal(linesOf(service, /^Fatal \(uncaughtException\): boom/).length, 1);
  });
});

describe("anything may be thrown", () => {
  for (const [name, message] of [
    ["text", "just a text"],
    ["nothing", "undefined"],
    ["bare-object", "an object (null prototype)"],
    ["circular-object", "[object Object]"],
    ["symbol", "Symbol(odd)"],
  ] as const) {
    test(`${name} is named, the hooks run, and the exit code is 1`, async (t) => {
      const service = startFixture(t, "throws-anything", { args: [name] });
      assert.deepEqual(await service.ended, { code: 1, signal: null });
      assert.equal(service.stdout(), "pool closes\n");
      assert.deepEqual(
        linesOf(service, /^Fatal/).map(({ msg }) => msg),
        [`Fatal (uncaughtException): ${message}`],
      );
      assert.ok(reportOf(service).msg.includes(`after uncaughtException (${message}), exit 1: `));
    });
  }
});
